-- What the posts of a voice add up to beyond their counts: how much they repeat each other and how fast they came. And the names of
-- the organisation's brands, by which shops are told from customers.

ALTER TABLE author ADD COLUMN copies BIGINT NOT NULL DEFAULT 0;
ALTER TABLE author ADD COLUMN busiest_day BIGINT NOT NULL DEFAULT 0;
ALTER TABLE author ADD COLUMN busiest_hour BIGINT NOT NULL DEFAULT 0;
ALTER TABLE author ADD COLUMN busiest_minute BIGINT NOT NULL DEFAULT 0;
ALTER TABLE program ADD COLUMN brands TEXT NOT NULL DEFAULT '';

-- Lists of voices that are set aside, by kind and loudest first; and of those that a person brought back.
DROP INDEX author_aside;
CREATE INDEX author_aside ON author (program_id, standing, posts DESC, id) WHERE standing <> 'counted';
CREATE INDEX author_back ON author (program_id, posts DESC, id) WHERE standing = 'counted' AND standing_by IS NOT NULL;
