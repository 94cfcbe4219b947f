-- Posts that repeat another one in nearly the same words: which one was heard first, and whether the same voice said it
-- on the same day before.

CREATE TABLE shout_post (
    mention_id UUID NOT NULL PRIMARY KEY REFERENCES mention (id) ON DELETE CASCADE,
    program_id UUID NOT NULL REFERENCES program (id),
    shout_id UUID NOT NULL,
    day DATE NOT NULL,
    repeats BOOLEAN NOT NULL
);
CREATE INDEX shout_post_shout ON shout_post (shout_id);
CREATE INDEX shout_post_day ON shout_post (program_id, day, shout_id);
