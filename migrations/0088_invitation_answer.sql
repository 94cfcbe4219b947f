-- A yes to an invitation from an address that nobody has shown to be theirs: it waits for a click in a mail.
CREATE TABLE invitation_answer (
    id UUID NOT NULL PRIMARY KEY,
    invitation_id UUID NOT NULL UNIQUE REFERENCES invitation (id),
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    quotes TEXT NOT NULL,
    sent_to TEXT NOT NULL,
    given_at TIMESTAMPTZ NOT NULL,
    confirmed_at TIMESTAMPTZ
);
