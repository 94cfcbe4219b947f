-- Lists of cases stand in the order of their index, so that none of them sorts.
DROP INDEX triage_case_state;
DROP INDEX triage_case_due;
DROP INDEX triage_case_answered;
CREATE INDEX triage_case_state ON triage_case (program_id, state, due_at, mention_id);
CREATE INDEX triage_case_due ON triage_case (program_id, closed_at, due_at, mention_id);
CREATE INDEX triage_case_answered ON triage_case (program_id, answered_at, mention_id);
