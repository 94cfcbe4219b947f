-- Whether the file of an import is in the spool: an import of the command line reads it where it lies, and what was discarded is gone.
ALTER TABLE import_run ADD COLUMN file_kept BOOLEAN NOT NULL DEFAULT TRUE;
