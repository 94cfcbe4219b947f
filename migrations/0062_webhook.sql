-- Webhooks: tools that are told what happens, and every delivery to them.

CREATE TABLE webhook (
    id UUID NOT NULL PRIMARY KEY,
    program_id UUID NOT NULL REFERENCES program (id),
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    shape TEXT NOT NULL,
    events TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID,
    -- Until when it was looked for what time alone makes happen.
    looked_at TIMESTAMPTZ NOT NULL,
    paused_at TIMESTAMPTZ,
    -- Why it was paused, where nobody did it.
    paused_why TEXT,
    failing_since TIMESTAMPTZ
);
CREATE INDEX webhook_program ON webhook (program_id, id);

CREATE TABLE webhook_delivery (
    id UUID NOT NULL PRIMARY KEY,
    webhook_id UUID NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    event TEXT NOT NULL,
    event_key TEXT NOT NULL,
    -- What is said: words with counts, and a path of ours; never a name.
    text TEXT NOT NULL,
    path TEXT NOT NULL,
    items BIGINT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    lease_until TIMESTAMPTZ,
    ended_at TIMESTAMPTZ,
    error TEXT,
    UNIQUE (webhook_id, event_key)
);
CREATE INDEX webhook_delivery_due ON webhook_delivery (state, due_at);
CREATE INDEX webhook_delivery_newest ON webhook_delivery (webhook_id, at, id);
