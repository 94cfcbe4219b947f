-- Listen: the program, its days, and everything that is heard before anybody is invited.

CREATE TABLE program (
    id UUID NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    organisation TEXT NOT NULL,
    market TEXT NOT NULL,
    language TEXT NOT NULL,
    purpose TEXT NOT NULL,
    sponsor TEXT NOT NULL,
    rules_of_listening TEXT NOT NULL,
    term TEXT NOT NULL,
    benefits TEXT NOT NULL,
    disclosed_costs TEXT NOT NULL,
    lawful_basis TEXT NOT NULL,
    notice TEXT NOT NULL,
    raw_days BIGINT NOT NULL,
    mention_months BIGINT NOT NULL,
    own_handles TEXT NOT NULL,
    revision BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE panel_day (
    id UUID NOT NULL PRIMARY KEY,
    program_id UUID NOT NULL REFERENCES program (id),
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    day DATE NOT NULL,
    time_zone TEXT NOT NULL,
    place TEXT NOT NULL,
    segment TEXT,
    capacity BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX panel_day_program ON panel_day (program_id, day);

CREATE TABLE topic (
    id UUID NOT NULL PRIMARY KEY,
    program_id UUID NOT NULL REFERENCES program (id),
    name TEXT NOT NULL,
    tag TEXT NOT NULL,
    phrases TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (program_id, tag)
);

-- One handle on one network. The counts are a roll-up of its mentions, kept in the transaction that adds them.
CREATE TABLE author (
    id UUID NOT NULL PRIMARY KEY,
    program_id UUID NOT NULL REFERENCES program (id),
    network TEXT NOT NULL,
    handle TEXT NOT NULL,
    handle_key TEXT NOT NULL,
    name TEXT,
    followers BIGINT,
    standing TEXT NOT NULL,
    standing_reason TEXT,
    standing_by UUID,
    posts BIGINT NOT NULL,
    negative BIGINT NOT NULL,
    positive BIGINT NOT NULL,
    links BIGINT NOT NULL,
    promotional BIGINT NOT NULL,
    first_at TIMESTAMPTZ,
    last_at TIMESTAMPTZ,
    UNIQUE (program_id, network, handle_key)
);

CREATE TABLE import_run (
    id UUID NOT NULL PRIMARY KEY,
    program_id UUID NOT NULL REFERENCES program (id),
    kind TEXT NOT NULL,
    file_name TEXT NOT NULL,
    file_hash TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    mapping JSONB NOT NULL,
    state TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    duplicate BIGINT NOT NULL,
    set_aside BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    error TEXT,
    by_account UUID,
    created_at TIMESTAMPTZ NOT NULL,
    started_at TIMESTAMPTZ,
    finished_at TIMESTAMPTZ,
    lease_until TIMESTAMPTZ,
    undone_at TIMESTAMPTZ
);
CREATE INDEX import_run_program ON import_run (program_id, created_at);

-- Every row that did not become a mention or a customer, and why.
CREATE TABLE import_row (
    run_id UUID NOT NULL REFERENCES import_run (id),
    line BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL,
    raw TEXT NOT NULL,
    PRIMARY KEY (run_id, line)
);

CREATE TABLE mention (
    id UUID NOT NULL PRIMARY KEY,
    author_id UUID NOT NULL REFERENCES author (id),
    run_id UUID REFERENCES import_run (id),
    line BIGINT NOT NULL,
    dedupe_key TEXT NOT NULL,
    program_id UUID NOT NULL REFERENCES program (id),
    external_id TEXT,
    url TEXT,
    text TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    day DATE NOT NULL,
    language TEXT,
    country TEXT,
    vendor_sentiment TEXT,
    sentiment TEXT NOT NULL,
    score DOUBLE PRECISION NOT NULL,
    UNIQUE (program_id, dedupe_key)
);
CREATE INDEX mention_author ON mention (author_id, at);
CREATE INDEX mention_run ON mention (run_id);
CREATE INDEX mention_program_at ON mention (program_id, at);

CREATE TABLE customer (
    id UUID NOT NULL PRIMARY KEY,
    program_id UUID NOT NULL REFERENCES program (id),
    run_id UUID REFERENCES import_run (id),
    external_ref TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT,
    products TEXT NOT NULL,
    owns_products BOOLEAN NOT NULL,
    consents_to_contact BOOLEAN NOT NULL,
    survey_answer TEXT,
    survey_at TIMESTAMPTZ,
    last_contact_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (program_id, external_ref)
);
