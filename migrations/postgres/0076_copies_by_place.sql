-- Copies by the places of their posts: in the order of time, as nearly all posts come, and read so by the list of a period. Whoever
-- deletes a post takes its copy with it, no key does.

ALTER TABLE shout_post RENAME TO shout_post_by_id;
ALTER INDEX shout_post_pkey RENAME TO shout_post_by_id_pkey;
CREATE TABLE shout_post (
    no BIGINT NOT NULL PRIMARY KEY,
    shout_id UUID NOT NULL,
    repeats BOOLEAN NOT NULL
);
INSERT INTO shout_post (no, shout_id, repeats)
SELECT m.no, p.shout_id, p.repeats FROM shout_post_by_id p JOIN mention m ON m.id = p.mention_id ORDER BY m.no;
DROP TABLE shout_post_by_id;
CREATE INDEX shout_post_shout ON shout_post (shout_id);

-- An import saves voices after their posts.
ALTER TABLE mention ALTER CONSTRAINT mention_author_id_fkey DEFERRABLE INITIALLY DEFERRED;
