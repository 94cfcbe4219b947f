-- Follow up: what was heard, what the organisation answers, and the reports that carry it back.

CREATE TABLE heard_item (
    id UUID NOT NULL PRIMARY KEY,
    program_id UUID NOT NULL REFERENCES program (id),
    panel_day_id UUID NOT NULL REFERENCES panel_day (id),
    number BIGINT NOT NULL,
    text TEXT NOT NULL,
    topic TEXT,
    owner_account UUID REFERENCES account (id),
    owner_name TEXT,
    owner_email TEXT,
    owner_unit TEXT,
    owned_at TIMESTAMPTZ,
    opened_at TIMESTAMPTZ,
    merged_into UUID REFERENCES heard_item (id),
    merged_at TIMESTAMPTZ,
    withdrawn_at TIMESTAMPTZ,
    withdrawn_reason TEXT,
    revision BIGINT NOT NULL,
    created_by UUID,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (program_id, number)
);
CREATE INDEX heard_item_day ON heard_item (panel_day_id);

CREATE TABLE heard_note (
    heard_id UUID NOT NULL REFERENCES heard_item (id),
    note_id UUID NOT NULL REFERENCES note (id),
    PRIMARY KEY (heard_id, note_id)
);
CREATE INDEX heard_note_note ON heard_note (note_id);

-- Reopening is an event; whether an item waits again follows from the events.
CREATE TABLE heard_event (
    id UUID NOT NULL PRIMARY KEY,
    heard_id UUID NOT NULL REFERENCES heard_item (id),
    kind TEXT NOT NULL,
    panelist_id UUID REFERENCES panelist (id),
    by_account UUID,
    reason TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL
);
CREATE INDEX heard_event_item ON heard_event (heard_id, at);

CREATE TABLE response (
    id UUID NOT NULL PRIMARY KEY,
    heard_id UUID NOT NULL REFERENCES heard_item (id),
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX response_heard ON response (heard_id, created_at);

-- A published version never changes; whatever changes later is the next version, with a reason.
CREATE TABLE response_version (
    id UUID NOT NULL PRIMARY KEY,
    response_id UUID NOT NULL REFERENCES response (id),
    number BIGINT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    link TEXT,
    decline_reason TEXT,
    owner TEXT,
    due DATE,
    change_reason TEXT,
    revision BIGINT NOT NULL,
    drafted_by UUID,
    drafted_as TEXT NOT NULL,
    drafted_at TIMESTAMPTZ NOT NULL,
    submitted_at TIMESTAMPTZ,
    published_by UUID,
    published_at TIMESTAMPTZ,
    UNIQUE (response_id, number)
);

-- A kept promise: evidence from one person, confirmed by another.
CREATE TABLE delivery (
    response_id UUID NOT NULL PRIMARY KEY REFERENCES response (id),
    evidence TEXT NOT NULL,
    claimed_by UUID,
    claimed_at TIMESTAMPTZ NOT NULL,
    confirmed_by UUID,
    confirmed_at TIMESTAMPTZ
);

CREATE TABLE report (
    id UUID NOT NULL PRIMARY KEY,
    panel_day_id UUID NOT NULL REFERENCES panel_day (id),
    number BIGINT NOT NULL,
    document JSONB NOT NULL,
    hash TEXT NOT NULL,
    frozen_by UUID,
    frozen_at TIMESTAMPTZ NOT NULL,
    sending_at TIMESTAMPTZ,
    share_slug TEXT UNIQUE,
    UNIQUE (panel_day_id, number)
);

-- One attendee's copy: what they raised, and how the copy travelled.
CREATE TABLE report_copy (
    id UUID NOT NULL PRIMARY KEY,
    report_id UUID NOT NULL REFERENCES report (id),
    panelist_id UUID NOT NULL REFERENCES panelist (id),
    raised JSONB NOT NULL,
    link_id UUID REFERENCES access_link (id),
    outbox_id UUID REFERENCES outbox (id),
    opened_at TIMESTAMPTZ,
    UNIQUE (report_id, panelist_id)
);
CREATE INDEX report_copy_panelist ON report_copy (panelist_id);

CREATE TABLE answer (
    id UUID NOT NULL PRIMARY KEY,
    panelist_id UUID NOT NULL REFERENCES panelist (id),
    heard_id UUID NOT NULL REFERENCES heard_item (id),
    version_id UUID NOT NULL REFERENCES response_version (id),
    answer TEXT NOT NULL,
    remark TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    UNIQUE (panelist_id, version_id)
);
CREATE INDEX answer_heard ON answer (heard_id);
