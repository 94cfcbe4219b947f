-- Steps are listed latest month first, and in a month whoever wrote most: how much a voice had written when it was assessed stands beside
-- its steps, so that one index has them in that order. Flows are counted in movement_flow.
ALTER TABLE movement ADD COLUMN posts BIGINT NOT NULL DEFAULT 0;
UPDATE movement SET posts = (SELECT posts FROM author WHERE author.id = movement.author_id);
DROP INDEX movement_program;
CREATE INDEX movement_order ON movement (program_id, month DESC, posts DESC, author_id, before, after);
