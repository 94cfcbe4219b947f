-- How many voices went from where to where in a month, kept as they go; '' stands for neither.
CREATE TABLE movement_flow (
    program_id UUID NOT NULL REFERENCES program (id),
    month DATE NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    voices BIGINT NOT NULL,
    PRIMARY KEY (program_id, month, before, after)
);
INSERT INTO movement_flow (program_id, month, before, after, voices)
SELECT program_id, month, COALESCE(before, ''), COALESCE(after, ''), COUNT(*) FROM movement
GROUP BY program_id, month, COALESCE(before, ''), COALESCE(after, '');
