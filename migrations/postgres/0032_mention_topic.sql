-- Which topics a post is about, with the post's day, so that a topic's newest posts are found without reading all.

CREATE TABLE mention_topic (
    mention_id UUID NOT NULL,
    topic_id UUID NOT NULL,
    day DATE NOT NULL,
    PRIMARY KEY (mention_id, topic_id)
);
CREATE INDEX mention_topic_day ON mention_topic (topic_id, day, mention_id);
