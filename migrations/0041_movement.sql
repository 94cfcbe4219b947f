-- When a voice is called ranter or raver is the program's to say; where voices stood at the end of each month is kept.

CREATE TABLE segment_setting (
    program_id UUID NOT NULL PRIMARY KEY REFERENCES program (id),
    settings JSONB NOT NULL,
    revision BIGINT NOT NULL,
    changed_by UUID,
    changed_at TIMESTAMPTZ NOT NULL
);

-- Assessing all voices of a program anew in the background, from the last one that was.
CREATE TABLE segment_task (
    program_id UUID NOT NULL PRIMARY KEY REFERENCES program (id),
    asked_at TIMESTAMPTZ NOT NULL,
    asked_by UUID,
    after_author UUID,
    voices BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    lease_until TIMESTAMPTZ
);

-- One voice's step from one segment to another, as its posts up to the end of that month showed.
CREATE TABLE movement (
    author_id UUID NOT NULL REFERENCES author (id),
    month DATE NOT NULL,
    program_id UUID NOT NULL REFERENCES program (id),
    before TEXT,
    after TEXT,
    PRIMARY KEY (author_id, month)
);
CREATE INDEX movement_program ON movement (program_id, month, before, after);
