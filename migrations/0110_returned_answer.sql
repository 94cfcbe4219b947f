-- A draft that its reviewer returned says so, and what is missing, until it is submitted again.

ALTER TABLE response_version ADD COLUMN returned_at TIMESTAMPTZ;
ALTER TABLE response_version ADD COLUMN return_reason TEXT;
