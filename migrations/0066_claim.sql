-- That two voices are one person: proposed with a reason, then confirmed or refused, and taken back. The smaller id comes first.

CREATE TABLE claim (
    id UUID NOT NULL PRIMARY KEY,
    program_id UUID NOT NULL REFERENCES program (id),
    one_id UUID NOT NULL REFERENCES author (id),
    other_id UUID NOT NULL REFERENCES author (id),
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    proposed_by UUID,
    proposed_at TIMESTAMPTZ NOT NULL,
    decided_by UUID,
    decided_at TIMESTAMPTZ,
    decided_reason TEXT,
    ended_by UUID,
    ended_at TIMESTAMPTZ,
    ended_reason TEXT
);
CREATE UNIQUE INDEX claim_pair ON claim (one_id, other_id) WHERE state IN ('proposed', 'confirmed');
CREATE INDEX claim_one ON claim (one_id);
CREATE INDEX claim_other ON claim (other_id);
CREATE INDEX claim_waiting ON claim (program_id, proposed_at) WHERE state = 'proposed';

-- Voices with the same name are suggested from three posts on, the least from which anything is said of a voice.
CREATE INDEX author_name ON author (program_id, lower(name)) WHERE name IS NOT NULL AND posts >= 3;
