-- Rosters are matched by email address, and their handles with those of authors. The form in which handles are compared is made by the program,
-- so that both databases compare alike.
CREATE INDEX customer_email ON customer (program_id, lower(email));
ALTER TABLE customer ADD COLUMN handle_key TEXT;
UPDATE customer SET handle_key = lower(handle) WHERE handle IS NOT NULL;
