-- What more an export says of a post; how rows that were left out are found again; and how a person wants files with the
-- same columns to be read.

ALTER TABLE mention ADD COLUMN reach BIGINT;
ALTER TABLE mention ADD COLUMN engagement BIGINT;

ALTER TABLE import_run ADD COLUMN recoded BIGINT NOT NULL DEFAULT 0;
ALTER TABLE import_run ADD COLUMN damaged_ids BIGINT NOT NULL DEFAULT 0;
ALTER TABLE import_run ADD COLUMN mojibake BIGINT NOT NULL DEFAULT 0;

ALTER TABLE import_row ADD COLUMN column_name TEXT;
ALTER TABLE import_row ADD COLUMN repeats_run UUID;
ALTER TABLE import_row ADD COLUMN repeats_line BIGINT;

CREATE TABLE import_preset (
    program_id UUID NOT NULL REFERENCES program (id),
    headers_hash TEXT NOT NULL,
    mapping JSONB NOT NULL,
    by_account UUID,
    saved_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (program_id, headers_hash)
);
