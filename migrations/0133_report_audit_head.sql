-- The last line of the audit log when a report was finalised: it is printed in the report, so that a log that was written anew is noticed.

ALTER TABLE report ADD COLUMN audit_head TEXT;
