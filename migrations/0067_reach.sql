-- How many people the posts of a voice may have reached and how often people answered, liked or shared them, added up over the posts
-- whose export says so; and from when the number of followers is.

ALTER TABLE author ADD COLUMN followers_at TIMESTAMPTZ;
ALTER TABLE author ADD COLUMN reach BIGINT NOT NULL DEFAULT 0;
ALTER TABLE author ADD COLUMN reach_posts BIGINT NOT NULL DEFAULT 0;
ALTER TABLE author ADD COLUMN engagement BIGINT NOT NULL DEFAULT 0;
ALTER TABLE author ADD COLUMN engagement_posts BIGINT NOT NULL DEFAULT 0;
UPDATE author SET followers_at = last_at WHERE followers IS NOT NULL;
UPDATE author SET reach = d.reach, reach_posts = d.reach_posts, engagement = d.engagement, engagement_posts = d.engagement_posts
FROM (
    SELECT author_id, CAST(COALESCE(SUM(reach), 0) AS BIGINT) AS reach, COUNT(reach) AS reach_posts,
        CAST(COALESCE(SUM(engagement), 0) AS BIGINT) AS engagement, COUNT(engagement) AS engagement_posts
    FROM mention WHERE reach IS NOT NULL OR engagement IS NOT NULL GROUP BY author_id
) d WHERE d.author_id = author.id;
