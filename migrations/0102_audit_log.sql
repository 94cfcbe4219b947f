-- The words of the glossary: an audit log and signed-in devices. What the log hashes are values, not names, so its lines verify as before.
ALTER TABLE activity RENAME TO audit_log;
ALTER TABLE audit_log RENAME COLUMN verb TO action;
ALTER TABLE activity_head RENAME TO audit_log_head;
ALTER TABLE activity_payload RENAME TO audit_log_payload;
DROP INDEX activity_subject;
DROP INDEX activity_session;
DROP INDEX activity_day;
DROP INDEX activity_actor;
CREATE INDEX audit_log_subject ON audit_log (subject_id, seq);
CREATE INDEX audit_log_session ON audit_log (session_id, seq);
CREATE INDEX audit_log_day ON audit_log (panel_day_id, seq);
CREATE INDEX audit_log_actor ON audit_log (actor_id, seq);

ALTER TABLE login RENAME TO signed_in_device;
DROP INDEX login_account;
DROP INDEX login_link;
CREATE INDEX signed_in_device_account ON signed_in_device (account_id);
CREATE INDEX signed_in_device_link ON signed_in_device (link_id);

-- A panelist's link opens the portal. Links that were sent go on working: their secret part does not depend on the purpose.
UPDATE access_link SET purpose = 'portal' WHERE purpose = 'door';
