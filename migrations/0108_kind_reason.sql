-- Why an author is excluded is a code with arguments. The sentences of earlier releases are recognised when they are read.
ALTER TABLE author ADD COLUMN kind_reason_args JSONB;
