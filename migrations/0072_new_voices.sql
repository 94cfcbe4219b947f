-- The loudest of the voices that were first heard in a period, where those are many. The index by posts that this was asked of was asked
-- nothing else, and each new post of a loud voice moved an entry in it.
CREATE INDEX author_new ON author (program_id, first_at) WHERE posts >= 10;
DROP INDEX author_loud;
