-- Erasures that somebody asked for on a page: carried out in short steps, and taken up again after a restart.
CREATE TABLE erasure_plan (
    id UUID NOT NULL PRIMARY KEY,
    parts JSONB NOT NULL,
    asked_by UUID,
    asked_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,
    -- Rows that may still name the person, by id.
    unsure JSONB NOT NULL
);
