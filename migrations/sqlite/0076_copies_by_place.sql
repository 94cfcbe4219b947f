-- Copies by the places of their posts: in the order of time, as nearly all posts come, and read so by the list of a period. Whoever
-- deletes a post takes its copy with it, no key does.

ALTER TABLE shout_post RENAME TO shout_post_by_id;
CREATE TABLE shout_post (
    no BIGINT NOT NULL PRIMARY KEY,
    shout_id UUID NOT NULL,
    repeats BOOLEAN NOT NULL
) WITHOUT ROWID;
INSERT INTO shout_post (no, shout_id, repeats)
SELECT m.no, p.shout_id, p.repeats FROM shout_post_by_id p JOIN mention m ON m.id = p.mention_id ORDER BY m.no;
DROP TABLE shout_post_by_id;
CREATE INDEX shout_post_shout ON shout_post (shout_id);

-- Foreign keys of what an import writes are looked at when it commits. Before, each statement of many rows kept a copy of every page
-- that it changed, for the row that would break a key: more work than the rows. This is the way that SQLite's documentation gives for
-- changes that leave the file's contents as they are (ALTER TABLE, “Making Other Kinds Of Table Schema Changes”).
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, ' (id)', ' (id) DEFERRABLE INITIALLY DEFERRED')
WHERE type = 'table' AND name IN ('author', 'mention', 'assessment', 'movement');
PRAGMA writable_schema = RESET;

-- The index of words gathers four megabytes before it writes a part of itself: an import's transaction is one or two parts, not six.
INSERT INTO mention_search (mention_search, rank) VALUES ('hashsize', 4194304);
