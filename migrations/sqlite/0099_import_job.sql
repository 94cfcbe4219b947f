-- Imports are jobs: those that wait, run or are being undone go on as such.

INSERT INTO job (id, kind, key, lane, program_id, payload, state, run_at, attempts, done, asked_by, created_at)
SELECT randomblob(16), 'import',
    lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-'
        || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21)),
    '', program_id, '{}', 'waiting', created_at, 0, 0, by_account, created_at
FROM import_run WHERE state IN ('queued', 'running', 'undoing');
ALTER TABLE import_run DROP COLUMN lease_until;
