-- What a program has learned from its people's decisions about authors: the weights of the scorecard, and how good they are on authors that
-- they had not seen. Twelve numbers and sums; nothing of any author.

CREATE TABLE author_kind_model (
    program_id UUID NOT NULL PRIMARY KEY REFERENCES program (id),
    scorecard JSONB NOT NULL,
    figures JSONB NOT NULL,
    -- Whether it judges authors: only where it is no worse than the stated weights.
    is_used BOOLEAN NOT NULL,
    trained_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX author_decided ON author (program_id, id) WHERE kind_by IS NOT NULL;
