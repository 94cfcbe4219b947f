-- A voice's posts stand in the order of their places, as all lists of posts do; a place is a third as long as a time.
DROP INDEX mention_author;
CREATE INDEX mention_author ON mention (author_id, no);
