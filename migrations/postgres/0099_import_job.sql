-- Imports are jobs: those that wait, run or are being undone go on as such.

INSERT INTO job (id, kind, key, lane, program_id, payload, state, run_at, attempts, done, asked_by, created_at)
SELECT gen_random_uuid(), 'import', id::text, '', program_id, '{}', 'waiting', created_at, 0, 0, by_account, created_at
FROM import_run WHERE state IN ('queued', 'running', 'undoing');
ALTER TABLE import_run DROP COLUMN lease_until;
