-- Recruit: dated assessments, candidates with their reasons, invitations, panelists.

-- History of one voice's segment. A newer row sets `superseded_at` of the older; nothing is overwritten.
CREATE TABLE assessment (
    id UUID NOT NULL PRIMARY KEY,
    program_id UUID NOT NULL REFERENCES program (id),
    author_id UUID REFERENCES author (id),
    customer_id UUID REFERENCES customer (id),
    segment TEXT,
    score DOUBLE PRECISION NOT NULL,
    confidence DOUBLE PRECISION NOT NULL,
    reasons JSONB NOT NULL,
    origin TEXT NOT NULL,
    by_account UUID,
    at TIMESTAMPTZ NOT NULL,
    superseded_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX assessment_author ON assessment (author_id) WHERE superseded_at IS NULL AND author_id IS NOT NULL;
CREATE UNIQUE INDEX assessment_customer ON assessment (customer_id) WHERE superseded_at IS NULL AND customer_id IS NOT NULL;
CREATE INDEX assessment_rank ON assessment (program_id, segment, score) WHERE superseded_at IS NULL;
CREATE INDEX assessment_author_history ON assessment (author_id, at);

CREATE TABLE candidate (
    id UUID NOT NULL PRIMARY KEY,
    panel_day_id UUID NOT NULL REFERENCES panel_day (id),
    author_id UUID REFERENCES author (id),
    customer_id UUID REFERENCES customer (id),
    name TEXT NOT NULL,
    segment TEXT NOT NULL,
    reasons JSONB NOT NULL,
    remark TEXT NOT NULL,
    added_by UUID,
    added_at TIMESTAMPTZ NOT NULL,
    removed_at TIMESTAMPTZ,
    removed_reason TEXT,
    UNIQUE (panel_day_id, author_id),
    UNIQUE (panel_day_id, customer_id)
);

CREATE TABLE invitation (
    id UUID NOT NULL PRIMARY KEY,
    candidate_id UUID NOT NULL UNIQUE REFERENCES candidate (id),
    panel_day_id UUID NOT NULL REFERENCES panel_day (id),
    channel TEXT NOT NULL,
    email TEXT,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    revision BIGINT NOT NULL,
    link_id UUID REFERENCES access_link (id),
    drafted_by UUID,
    drafted_at TIMESTAMPTZ NOT NULL,
    reviewed_by UUID,
    reviewed_at TIMESTAMPTZ,
    sent_at TIMESTAMPTZ,
    answered_at TIMESTAMPTZ,
    waitlisted_at TIMESTAMPTZ,
    promoted_at TIMESTAMPTZ,
    expires_at TIMESTAMPTZ
);
CREATE INDEX invitation_day ON invitation (panel_day_id, state);

-- Somebody who said yes. Waiting panelists have no seat yet.
CREATE TABLE panelist (
    id UUID NOT NULL PRIMARY KEY,
    panel_day_id UUID NOT NULL REFERENCES panel_day (id),
    invitation_id UUID NOT NULL UNIQUE REFERENCES invitation (id),
    author_id UUID REFERENCES author (id),
    customer_id UUID REFERENCES customer (id),
    name TEXT NOT NULL,
    initials TEXT NOT NULL,
    email TEXT NOT NULL,
    segment TEXT NOT NULL,
    contact_consent_at TIMESTAMPTZ NOT NULL,
    quote_permission TEXT NOT NULL,
    seated_at TIMESTAMPTZ,
    withdrawn_at TIMESTAMPTZ,
    attendance TEXT,
    attendance_at TIMESTAMPTZ,
    accepted_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX panelist_day ON panelist (panel_day_id);
