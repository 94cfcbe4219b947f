-- A promise is confirmed as kept by another person than the one who showed the evidence, and by nobody who read other evidence: `revision`
-- counts what was shown. Promises that somebody confirmed for themself wait for a second person again.
UPDATE delivery SET confirmed_by = NULL, confirmed_at = NULL WHERE confirmed_by = claimed_by;
ALTER TABLE delivery ADD COLUMN revision BIGINT NOT NULL DEFAULT 1
    CHECK (confirmed_by IS NULL OR claimed_by IS NULL OR confirmed_by <> claimed_by);
