-- Triage: posts that deserve an answer, who has them, and what became of them. A case goes with its post.

CREATE TABLE triage_case (
    mention_id UUID NOT NULL PRIMARY KEY REFERENCES mention (id) ON DELETE CASCADE,
    author_id UUID NOT NULL REFERENCES author (id),
    program_id UUID NOT NULL REFERENCES program (id),
    state TEXT NOT NULL,
    opened_at TIMESTAMPTZ NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    taken_by UUID,
    taken_at TIMESTAMPTZ,
    unit TEXT,
    routed_at TIMESTAMPTZ,
    answered_at TIMESTAMPTZ,
    answer_url TEXT,
    reason TEXT,
    closed_at TIMESTAMPTZ,
    revision BIGINT NOT NULL
);
CREATE INDEX triage_case_author ON triage_case (author_id);
CREATE INDEX triage_case_state ON triage_case (program_id, state, due_at);
CREATE INDEX triage_case_due ON triage_case (program_id, closed_at, due_at);
CREATE INDEX triage_case_answered ON triage_case (program_id, answered_at);
CREATE INDEX triage_case_taken ON triage_case (taken_by, closed_at);

-- What was done with a case, by whom, to whom, and in which words.
CREATE TABLE triage_step (
    id UUID NOT NULL PRIMARY KEY,
    mention_id UUID NOT NULL REFERENCES triage_case (mention_id) ON DELETE CASCADE,
    author_id UUID NOT NULL REFERENCES author (id),
    at TIMESTAMPTZ NOT NULL,
    kind TEXT NOT NULL,
    by_account UUID,
    to_account UUID,
    unit TEXT,
    text TEXT
);
CREATE INDEX triage_step_mention ON triage_step (mention_id, id);
CREATE INDEX triage_step_author ON triage_step (author_id);
