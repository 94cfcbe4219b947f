-- The rows of each import as they stood in its file, some dozen together. Before, only those that were left out were kept; these are
-- taken over one by one, not packed.
CREATE TABLE raw_block (
    run_id UUID NOT NULL REFERENCES import_run (id),
    first_line BIGINT NOT NULL,
    last_line BIGINT NOT NULL,
    held BIGINT NOT NULL,
    packed BYTEA NOT NULL,
    PRIMARY KEY (run_id, first_line)
);
INSERT INTO raw_block (run_id, first_line, last_line, held, packed)
SELECT run_id, line, line, 1, convert_to(json_build_array(json_build_array(line, raw))::text, 'UTF8') FROM import_row WHERE raw <> '';
ALTER TABLE import_row DROP COLUMN raw;

-- What an import brought, in the order of its file.
DROP INDEX mention_run;
CREATE INDEX mention_run ON mention (run_id, line);
ALTER TABLE customer ADD COLUMN line BIGINT NOT NULL DEFAULT 0;
CREATE INDEX customer_run ON customer (run_id, line);

-- Which rows repeat one row.
DROP INDEX import_row_repeats;
CREATE INDEX import_row_repeats ON import_row (repeats_run, repeats_line) WHERE repeats_run IS NOT NULL;
