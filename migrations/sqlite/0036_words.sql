-- Words of posts. The place is the program's number, the second of the post and what tells posts of one second apart.
-- Whatever is deleted leaves the index at once.
UPDATE mention SET no = place.no FROM (
    SELECT m.id AS id, p.number * 9007199254740992 + max(0, coalesce(unixepoch(m.at), 0)) * 2097152
        + row_number() OVER (PARTITION BY m.program_id, unixepoch(m.at) ORDER BY m.id) AS no
    FROM mention m JOIN program p ON p.id = m.program_id
) AS place WHERE place.id = mention.id;
CREATE UNIQUE INDEX mention_no ON mention (no);
DROP INDEX mention_program_at;
CREATE VIRTUAL TABLE mention_search USING fts5 (words, columnsize = 0, tokenize = "ascii tokenchars '_'");
INSERT INTO mention_search (mention_search, rank) VALUES ('secure-delete', 1);
