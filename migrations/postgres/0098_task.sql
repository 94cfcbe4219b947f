-- Tasks are jobs. What was half done begins anew, which changes nothing twice.

INSERT INTO job (id, kind, key, lane, program_id, payload, state, run_at, attempts, done, error, asked_by, created_at, ended_at)
SELECT gen_random_uuid(), CASE kind WHEN 'train' THEN 'training' WHEN 'segments' THEN 'assessment' ELSE kind END, program_id::text,
    '', program_id, '{}', CASE WHEN error IS NULL THEN 'waiting' ELSE 'failed' END, asked_at, 0, 0, error, asked_by, asked_at,
    CASE WHEN error IS NULL THEN NULL ELSE asked_at END
FROM task;
DROP TABLE task;
