-- The loudest of the voices that were first heard in a period, where those are many.
CREATE INDEX author_new ON author (program_id, first_at) WHERE posts >= 10;
