-- Tools that push posts: each has a secret that is derived, never stored, and every delivery is remembered, so that one that
-- is sent twice is taken once.

CREATE TABLE feed (
    id UUID NOT NULL PRIMARY KEY,
    program_id UUID NOT NULL REFERENCES program (id),
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID,
    closed_at TIMESTAMPTZ,
    received BIGINT NOT NULL,
    received_at TIMESTAMPTZ,
    refused BIGINT NOT NULL,
    refused_at TIMESTAMPTZ,
    refused_why TEXT
);

CREATE TABLE feed_delivery (
    feed_id UUID NOT NULL REFERENCES feed (id),
    delivery_id TEXT NOT NULL,
    run_id UUID NOT NULL REFERENCES import_run (id),
    received_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (feed_id, delivery_id)
);
CREATE INDEX feed_delivery_run ON feed_delivery (run_id);
