-- What a topic is recognised by, who looks after it, and how often it is spoken of, day by day. Topics and posts come
-- and go by the million: whoever deletes a post takes its topics with it (mention/rollup.rs), no key does.

ALTER TABLE topic ADD COLUMN excludes TEXT NOT NULL DEFAULT '';
ALTER TABLE topic ADD COLUMN pattern TEXT NOT NULL DEFAULT '';
ALTER TABLE topic ADD COLUMN unit TEXT NOT NULL DEFAULT '';
ALTER TABLE topic ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
ALTER TABLE topic ADD COLUMN retired_at TIMESTAMPTZ;
ALTER TABLE topic ADD COLUMN deleted_at TIMESTAMPTZ;

CREATE TABLE topic_day (
    program_id UUID NOT NULL REFERENCES program (id),
    topic_id UUID NOT NULL,
    day DATE NOT NULL,
    posts BIGINT NOT NULL,
    negative BIGINT NOT NULL,
    positive BIGINT NOT NULL,
    PRIMARY KEY (topic_id, day)
);
CREATE INDEX topic_day_program ON topic_day (program_id, day);

-- Posts that are about none of the topics.
CREATE TABLE topicless_day (
    program_id UUID NOT NULL REFERENCES program (id),
    day DATE NOT NULL,
    posts BIGINT NOT NULL,
    negative BIGINT NOT NULL,
    positive BIGINT NOT NULL,
    PRIMARY KEY (program_id, day)
);

-- What is done in the background for a program: reading its posts for topics again, from the last one that was.
CREATE TABLE topic_task (
    program_id UUID NOT NULL PRIMARY KEY REFERENCES program (id),
    asked_at TIMESTAMPTZ NOT NULL,
    asked_by UUID,
    after_mention UUID,
    posts BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    lease_until TIMESTAMPTZ
);

-- Phrases that rise, or that few people raise intensely, as of the newest posts.
CREATE TABLE phrase (
    program_id UUID NOT NULL REFERENCES program (id),
    kind TEXT NOT NULL,
    place BIGINT NOT NULL,
    words TEXT NOT NULL,
    posts BIGINT NOT NULL,
    before BIGINT NOT NULL,
    voices BIGINT NOT NULL,
    negative BIGINT NOT NULL,
    positive BIGINT NOT NULL,
    score DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (program_id, kind, place)
);
CREATE TABLE phrase_run (
    program_id UUID NOT NULL PRIMARY KEY REFERENCES program (id),
    computed_at TIMESTAMPTZ NOT NULL,
    until DATE NOT NULL,
    total BIGINT NOT NULL,
    posts BIGINT NOT NULL,
    before BIGINT NOT NULL,
    sampled BOOLEAN NOT NULL
);

-- Nothing was read for topics so far: every post counts as being about none, until the task is done.
INSERT INTO topicless_day (program_id, day, posts, negative, positive)
SELECT program_id, day, posts, negative, positive FROM mention_day;
INSERT INTO topic_task (program_id, asked_at, posts, changed)
SELECT id, created_at, 0, 0 FROM program WHERE id IN (SELECT program_id FROM topic);
