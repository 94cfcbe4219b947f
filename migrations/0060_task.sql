-- What is done in the background for a whole program, one table for all kinds of it.

CREATE TABLE task (
    program_id UUID NOT NULL REFERENCES program (id),
    kind TEXT NOT NULL,
    asked_at TIMESTAMPTZ NOT NULL,
    asked_by UUID,
    after_id UUID,
    done BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    lease_until TIMESTAMPTZ,
    error TEXT,
    PRIMARY KEY (program_id, kind)
);
INSERT INTO task (program_id, kind, asked_at, asked_by, after_id, done, changed, lease_until, error)
SELECT program_id, kind, asked_at, asked_by, after_mention, posts, changed, lease_until, error FROM sentiment_task;
INSERT INTO task (program_id, kind, asked_at, asked_by, after_id, done, changed, lease_until)
SELECT program_id, 'topics', asked_at, asked_by, after_mention, posts, changed, lease_until FROM topic_task;
INSERT INTO task (program_id, kind, asked_at, asked_by, after_id, done, changed, lease_until)
SELECT program_id, 'segments', asked_at, asked_by, after_author, voices, changed, lease_until FROM segment_task;
DROP TABLE sentiment_task;
DROP TABLE topic_task;
DROP TABLE segment_task;

-- Nobody asks which delivery an import was.
DROP INDEX feed_delivery_run;
