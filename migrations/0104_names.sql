-- Words as professionals say them: an endorsement of a nomination, an opt-out, a final report, a case that was added to the queue.

ALTER TABLE nomination_hearing RENAME TO nomination_endorsement;
DROP INDEX nomination_hearing_nominator;
CREATE INDEX nomination_endorsement_nominator ON nomination_endorsement (nominator_id, at);
ALTER TABLE nomination RENAME COLUMN said_key TO match_key;

ALTER TABLE objection RENAME TO opt_out;

-- Digests of the audit log cover reports under the names that these columns had (db/cover.rs), and documents keep theirs.
ALTER TABLE report RENAME COLUMN frozen_by TO finalised_by;
ALTER TABLE report RENAME COLUMN frozen_at TO finalised_at;

UPDATE triage_step SET kind = 'added_to_queue' WHERE kind = 'put_up';
