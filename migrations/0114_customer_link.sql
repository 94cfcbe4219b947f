-- That a customer of the roster and an author are one person: proposed by a handle on the roster, decided by a person.
CREATE TABLE customer_link (
    id UUID NOT NULL PRIMARY KEY,
    program_id UUID NOT NULL REFERENCES program (id),
    customer_id UUID NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    author_id UUID NOT NULL REFERENCES author (id) ON DELETE CASCADE,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    proposed_at TIMESTAMPTZ NOT NULL,
    decided_by UUID,
    decided_at TIMESTAMPTZ,
    UNIQUE (customer_id, author_id)
);
CREATE INDEX customer_link_author ON customer_link (author_id);
