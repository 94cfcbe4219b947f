-- Why an import, a job or an email failed is a code with arguments, which pages put into words. A sentence of an earlier release is kept as
-- the argument of “said”; what only administrators read, as that of “failure-detail”.

ALTER TABLE import_run ADD COLUMN error_args JSONB;
ALTER TABLE job ADD COLUMN error_args JSONB;
ALTER TABLE outbox ADD COLUMN error_args JSONB;

UPDATE job SET error_args = jsonb_build_object('detail', substr(error, 17)), error = 'failure-detail' WHERE error LIKE 'Internal error: %';
UPDATE job SET error_args = jsonb_build_object('text', error), error = 'said' WHERE error IS NOT NULL AND error_args IS NULL;
UPDATE import_run SET error_args = jsonb_build_object('text', error), error = 'said' WHERE error IS NOT NULL;
UPDATE outbox SET error_args = jsonb_build_object('text', error), error = 'said' WHERE error IS NOT NULL;
