-- What guests see of a program's organisation besides its name. The logo is a PNG file that was written here.
CREATE TABLE branding (
    program_id UUID NOT NULL PRIMARY KEY REFERENCES program (id),
    accent TEXT NOT NULL DEFAULT '',
    sender TEXT NOT NULL DEFAULT '',
    signature TEXT NOT NULL DEFAULT '',
    thanks TEXT NOT NULL DEFAULT '',
    logo BYTEA,
    logo_hash TEXT,
    logo_width BIGINT,
    logo_height BIGINT,
    revision BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX branding_logo ON branding (logo_hash);
