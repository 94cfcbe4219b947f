-- Run: sessions of a panel day and the notes taken in them.

CREATE TABLE session (
    id UUID NOT NULL PRIMARY KEY,
    panel_day_id UUID NOT NULL REFERENCES panel_day (id),
    title TEXT NOT NULL,
    topic_id UUID REFERENCES topic (id),
    room TEXT NOT NULL,
    moderator_id UUID REFERENCES account (id),
    starts_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    company TEXT NOT NULL,
    locked_at TIMESTAMPTZ,
    unlocked_at TIMESTAMPTZ,
    unlock_reason TEXT,
    revision BIGINT NOT NULL
);
CREATE INDEX session_day ON session (panel_day_id, starts_at);
CREATE INDEX session_moderator ON session (moderator_id, starts_at);

-- `seq` orders the notes of a session as they arrived; `at` is when they were typed.
CREATE TABLE note (
    id UUID NOT NULL PRIMARY KEY,
    session_id UUID NOT NULL REFERENCES session (id),
    seq BIGINT NOT NULL,
    panelist_id UUID REFERENCES panelist (id),
    speaker TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    topic TEXT,
    at TIMESTAMPTZ NOT NULL,
    saved_at TIMESTAMPTZ NOT NULL,
    by_account UUID,
    revision BIGINT NOT NULL,
    withdrawn_at TIMESTAMPTZ,
    UNIQUE (session_id, seq)
);
CREATE INDEX note_panelist ON note (panelist_id);

-- Earlier texts of a note. The current one is in `note`.
CREATE TABLE note_revision (
    note_id UUID NOT NULL REFERENCES note (id),
    revision BIGINT NOT NULL,
    panelist_id UUID REFERENCES panelist (id),
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    topic TEXT,
    at TIMESTAMPTZ NOT NULL,
    by_account UUID,
    PRIMARY KEY (note_id, revision)
);
