-- How many people are in each segment, kept as they go; '' stands for voices in neither. Those set aside are left out.
CREATE TABLE segment_count (
    program_id UUID NOT NULL REFERENCES program (id),
    segment TEXT NOT NULL,
    people BIGINT NOT NULL,
    PRIMARY KEY (program_id, segment)
);
INSERT INTO segment_count (program_id, segment, people)
SELECT s.program_id, COALESCE(s.segment, ''), COUNT(*) FROM assessment s LEFT JOIN author a ON a.id = s.author_id
WHERE s.superseded_at IS NULL AND (a.standing = 'counted' OR (s.author_id IS NULL AND s.segment IS NOT NULL))
GROUP BY s.program_id, COALESCE(s.segment, '');
