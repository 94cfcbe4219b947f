-- Two who change an account at the same time: the second is told. Which browser used a sign-in link, so that a double click is one.
ALTER TABLE account ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
ALTER TABLE access_link ADD COLUMN opened_by TEXT;
-- How many mails of a kind went to an address within the hour.
CREATE INDEX outbox_recipient ON outbox (recipient, created_at);
