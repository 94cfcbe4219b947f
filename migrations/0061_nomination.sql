-- Nominations: a post or a person that employees heard of, who heard it, and what became of it.

-- Which company addresses may nominate; no row, or no domain: nobody.
CREATE TABLE nomination_setting (
    program_id UUID NOT NULL PRIMARY KEY REFERENCES program (id),
    domains TEXT NOT NULL,
    revision BIGINT NOT NULL
);

-- Somebody with a company address who asked for a link.
CREATE TABLE nominator (
    id UUID NOT NULL PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    created_at TIMESTAMPTZ NOT NULL,
    asked_at TIMESTAMPTZ NOT NULL
);

-- One post or one person, however many nominate it.
CREATE TABLE nomination (
    id UUID NOT NULL PRIMARY KEY,
    program_id UUID NOT NULL REFERENCES program (id),
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    said_key TEXT NOT NULL,
    url TEXT,
    text TEXT,
    person TEXT,
    network TEXT,
    mention_id UUID REFERENCES mention (id) ON DELETE SET NULL,
    author_id UUID REFERENCES author (id) ON DELETE SET NULL,
    made_at TIMESTAMPTZ NOT NULL,
    decided_at TIMESTAMPTZ,
    decided_by UUID,
    reason TEXT,
    answer_url TEXT,
    revision BIGINT NOT NULL,
    UNIQUE (program_id, said_key)
);
CREATE INDEX nomination_state ON nomination (program_id, state, made_at, id);
CREATE INDEX nomination_mention ON nomination (mention_id);
CREATE INDEX nomination_author ON nomination (author_id);

-- Who nominated it, and why.
CREATE TABLE nomination_hearing (
    id UUID NOT NULL PRIMARY KEY,
    nomination_id UUID NOT NULL REFERENCES nomination (id) ON DELETE CASCADE,
    nominator_id UUID NOT NULL REFERENCES nominator (id),
    at TIMESTAMPTZ NOT NULL,
    why TEXT,
    reach TEXT,
    UNIQUE (nomination_id, nominator_id)
);
CREATE INDEX nomination_hearing_nominator ON nomination_hearing (nominator_id, at);
