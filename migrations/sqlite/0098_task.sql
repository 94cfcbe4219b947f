-- Tasks are jobs. What was half done begins anew, which changes nothing twice.

INSERT INTO job (id, kind, key, lane, program_id, payload, state, run_at, attempts, done, error, asked_by, created_at, ended_at)
SELECT randomblob(16), CASE kind WHEN 'train' THEN 'training' WHEN 'segments' THEN 'assessment' ELSE kind END,
    lower(substr(hex(program_id), 1, 8) || '-' || substr(hex(program_id), 9, 4) || '-' || substr(hex(program_id), 13, 4) || '-'
        || substr(hex(program_id), 17, 4) || '-' || substr(hex(program_id), 21)),
    '', program_id, '{}', CASE WHEN error IS NULL THEN 'waiting' ELSE 'failed' END, asked_at, 0, 0, error, asked_by, asked_at,
    CASE WHEN error IS NULL THEN NULL ELSE asked_at END
FROM task;
DROP TABLE task;
