-- Counting segments reads this index alone; who is set aside is few, and found by an index of its own.
DROP INDEX assessment_rank;
CREATE INDEX assessment_rank ON assessment (program_id, segment, score, author_id) WHERE superseded_at IS NULL;
CREATE INDEX author_aside ON author (program_id, standing) WHERE standing <> 'counted';
