-- Which topics a post is about, with the post's day, so that a topic's newest posts are found without reading all. Kept
-- in the order of its key alone, which halves its size.

CREATE TABLE mention_topic (
    mention_id UUID NOT NULL,
    topic_id UUID NOT NULL,
    day DATE NOT NULL,
    PRIMARY KEY (mention_id, topic_id)
) WITHOUT ROWID;
CREATE INDEX mention_topic_day ON mention_topic (topic_id, day);
