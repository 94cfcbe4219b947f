-- A voice's score is kept as a day, so that scores of different moments can be compared. All voices are assessed again: the worker does it.
-- What a person said stays at the top.
UPDATE assessment SET score = 1000000000 WHERE origin = 'overruled' AND author_id IS NOT NULL;
INSERT INTO task (program_id, kind, asked_at, done, changed)
SELECT id, 'segments', created_at, 0, 0 FROM program WHERE EXISTS (SELECT 1 FROM assessment s WHERE s.program_id = program.id)
ON CONFLICT (program_id, kind) DO UPDATE SET after_id = NULL, done = 0, changed = 0, lease_until = NULL, error = NULL;
