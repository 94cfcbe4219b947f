-- Words of posts. The place is the program's number, the second of the post and what tells posts of one second apart.
UPDATE mention SET no = place.no FROM (
    SELECT m.id AS id, p.number * 9007199254740992 + greatest(0, CAST(floor(extract(epoch FROM m.at)) AS BIGINT)) * 2097152
        + row_number() OVER (PARTITION BY m.program_id, floor(extract(epoch FROM m.at)) ORDER BY m.id) AS no
    FROM mention m JOIN program p ON p.id = m.program_id
) AS place WHERE place.id = mention.id;
CREATE UNIQUE INDEX mention_no ON mention (no);
DROP INDEX mention_program_at;
CREATE TABLE mention_search (no BIGINT NOT NULL PRIMARY KEY, words TSVECTOR NOT NULL);
CREATE INDEX mention_search_words ON mention_search USING gin (words);
