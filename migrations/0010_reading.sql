-- How a post is read (the vendor's value leads, our own fills in), whether its subject keeps it out of every segment,
-- and the days of listening as a roll-up, so that the overview does not count a million rows.

ALTER TABLE mention ADD COLUMN reading TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE mention ADD COLUMN sensitive BOOLEAN NOT NULL DEFAULT FALSE;

CREATE TABLE mention_day (
    program_id UUID NOT NULL REFERENCES program (id),
    day DATE NOT NULL,
    posts BIGINT NOT NULL,
    negative BIGINT NOT NULL,
    positive BIGINT NOT NULL,
    PRIMARY KEY (program_id, day)
);
