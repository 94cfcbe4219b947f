-- What is done in the background: one table, whatever the kind of work.

CREATE TABLE job (
    id UUID PRIMARY KEY,
    kind TEXT NOT NULL,
    -- Among unfinished jobs of one kind a key is unique: asking twice is one job.
    key TEXT NOT NULL,
    -- Jobs of one lane (a webhook, a mail server's host) take turns, so that a slow one delays nobody else. Empty: no turns.
    lane TEXT NOT NULL,
    program_id UUID,
    payload JSONB NOT NULL,
    -- Where the next worker goes on.
    position JSONB,
    state TEXT NOT NULL,
    run_at TIMESTAMPTZ NOT NULL,
    lease_until TIMESTAMPTZ,
    -- Made anew with each lease: whoever holds another one has lost the job.
    worker UUID,
    attempts BIGINT NOT NULL,
    done BIGINT NOT NULL,
    total BIGINT,
    note TEXT,
    error TEXT,
    asked_by UUID,
    created_at TIMESTAMPTZ NOT NULL,
    started_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ,
    cancel_asked_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX job_key ON job (kind, key) WHERE state <> 'finished';
CREATE INDEX job_due ON job (kind, run_at) WHERE state = 'waiting';
CREATE INDEX job_running ON job (kind, lane) WHERE state = 'running';
CREATE INDEX job_ended ON job (ended_at);
