-- Finding posts and counting them: a post's place in time, which orders every list and names it in the index of words; its
-- network; who said its language; and the days of listening by network, language, country and segment.

ALTER TABLE program ADD COLUMN number BIGINT NOT NULL DEFAULT 0;
UPDATE program SET number = (SELECT COUNT(*) FROM program p WHERE p.id <= program.id);
CREATE UNIQUE INDEX program_number ON program (number);

ALTER TABLE mention ADD COLUMN no BIGINT NOT NULL DEFAULT 0;
ALTER TABLE mention ADD COLUMN network TEXT NOT NULL DEFAULT '';
ALTER TABLE mention ADD COLUMN language_from TEXT;
UPDATE mention SET network = (SELECT a.network FROM author a WHERE a.id = mention.author_id),
    language_from = CASE WHEN language IS NULL THEN NULL ELSE 'export' END;

CREATE TABLE mention_slice (
    program_id UUID NOT NULL REFERENCES program (id),
    dimension TEXT NOT NULL,
    day DATE NOT NULL,
    value TEXT NOT NULL,
    posts BIGINT NOT NULL,
    negative BIGINT NOT NULL,
    positive BIGINT NOT NULL,
    PRIMARY KEY (program_id, dimension, day, value)
);

-- The loudest new voices of a period.
CREATE INDEX author_first ON author (program_id, first_at);
CREATE INDEX author_loud ON author (program_id, posts) WHERE posts >= 10;
