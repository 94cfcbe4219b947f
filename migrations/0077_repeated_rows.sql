-- Which rows of other imports repeat what an import brought.
CREATE INDEX import_row_repeats ON import_row (repeats_run) WHERE repeats_run IS NOT NULL;
