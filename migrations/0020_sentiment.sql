-- Our own reading of posts: trained models, what people corrected, and what is done about them in the background.

CREATE TABLE sentiment_model (
    id UUID NOT NULL PRIMARY KEY,
    program_id UUID NOT NULL REFERENCES program (id),
    version BIGINT NOT NULL,
    trained_at TIMESTAMPTZ NOT NULL,
    trained_by UUID,
    labels BIGINT NOT NULL,
    corrections BIGINT NOT NULL,
    figures JSONB NOT NULL,
    weights BYTEA NOT NULL,
    on_since TIMESTAMPTZ,
    off_since TIMESTAMPTZ,
    UNIQUE (program_id, version)
);

-- One person's word on one post. It outranks the vendor's and our own, and goes with the post.
CREATE TABLE correction (
    mention_id UUID NOT NULL PRIMARY KEY REFERENCES mention (id) ON DELETE CASCADE,
    author_id UUID NOT NULL REFERENCES author (id),
    sentiment TEXT NOT NULL,
    reason TEXT,
    by_account UUID,
    at TIMESTAMPTZ NOT NULL
);
CREATE INDEX correction_author ON correction (author_id);

-- What is done in the background for a program: training, or reading its posts again from the last one that was.
CREATE TABLE sentiment_task (
    program_id UUID NOT NULL REFERENCES program (id),
    kind TEXT NOT NULL,
    asked_at TIMESTAMPTZ NOT NULL,
    asked_by UUID,
    after_mention UUID,
    posts BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    lease_until TIMESTAMPTZ,
    error TEXT,
    PRIMARY KEY (program_id, kind)
);
