-- Doors: who may come in, what was done, what is waiting to be sent.

CREATE TABLE setting (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE account (
    id UUID NOT NULL PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    unit TEXT,
    password_hash TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    closed_at TIMESTAMPTZ
);

-- A login belongs to an account, or to the personal link that opened it.
CREATE TABLE login (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID REFERENCES account (id),
    link_id UUID,
    token_hash TEXT NOT NULL UNIQUE,
    created_at TIMESTAMPTZ NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ,
    device TEXT NOT NULL
);
CREATE INDEX login_account ON login (account_id);
CREATE INDEX login_link ON login (link_id);

-- Personal links. The token itself is never stored: it is HMAC(key, id, version).
CREATE TABLE access_link (
    id UUID NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    subject_id UUID NOT NULL,
    version BIGINT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ,
    opened_at TIMESTAMPTZ
);
CREATE INDEX access_link_subject ON access_link (subject_id, purpose);

-- One-time codes by mail, for acts that a stolen link must not be enough for.
CREATE TABLE code (
    id UUID NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    subject_id UUID NOT NULL,
    code_hash TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    tries BIGINT NOT NULL,
    used_at TIMESTAMPTZ
);
CREATE INDEX code_subject ON code (subject_id, purpose);

CREATE TABLE activity_head (
    id BIGINT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO activity_head (id, seq, hash) VALUES (1, 0, '');

CREATE TABLE activity (
    seq BIGINT NOT NULL PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id UUID,
    verb TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id UUID NOT NULL,
    session_id UUID,
    panel_day_id UUID,
    payload_hash TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX activity_subject ON activity (subject_id, seq);
CREATE INDEX activity_session ON activity (session_id, seq);
CREATE INDEX activity_day ON activity (panel_day_id, seq);

-- Salt and payload live apart from the chain so that they can be erased without breaking it.
CREATE TABLE activity_payload (
    seq BIGINT NOT NULL PRIMARY KEY REFERENCES activity (seq),
    salt TEXT NOT NULL,
    payload TEXT NOT NULL
);

CREATE TABLE outbox (
    id UUID NOT NULL PRIMARY KEY,
    idempotency_key TEXT NOT NULL UNIQUE,
    template TEXT NOT NULL,
    recipient TEXT NOT NULL,
    recipient_name TEXT NOT NULL,
    params JSONB NOT NULL,
    link_id UUID REFERENCES access_link (id),
    subject_id UUID,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    lease_until TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    sent_at TIMESTAMPTZ,
    error TEXT
);
CREATE INDEX outbox_due ON outbox (state, due_at);
CREATE INDEX outbox_subject ON outbox (subject_id);

-- What was erased, so that a restored backup can be erased again. Holds no personal data.
CREATE TABLE erasure (
    id UUID NOT NULL PRIMARY KEY,
    subject_kind TEXT NOT NULL,
    subject_id UUID NOT NULL,
    at TIMESTAMPTZ NOT NULL
);

-- Keyed hashes of handles that objected: a later import leaves them out.
CREATE TABLE objection (
    handle_hash TEXT NOT NULL PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL
);
