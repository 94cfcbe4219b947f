-- A mail is recorded as being sent before the end of its message is handed over; what may have been sent waits for a person's word.

ALTER TABLE outbox ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN sending_at TIMESTAMPTZ;
CREATE INDEX outbox_newest ON outbox (created_at, id);
