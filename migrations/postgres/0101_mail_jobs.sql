-- Mail and deliveries to webhooks are sent by jobs, which hold the leases.

INSERT INTO job (id, kind, key, lane, payload, state, run_at, attempts, done, created_at)
SELECT id, CASE WHEN template IN ('sign_in', 'code', 'nominate') THEN 'access_mail' ELSE 'mail' END, CAST(id AS TEXT),
    '', '{}', 'waiting', due_at, 0, 0, created_at
FROM outbox WHERE state = 'queued';
INSERT INTO job (id, kind, key, lane, payload, state, run_at, attempts, done, created_at)
SELECT d.id, 'webhook', CAST(d.id AS TEXT), CAST(w.id AS TEXT), '{}', 'waiting', d.due_at, 0, 0, d.at
FROM webhook_delivery d JOIN webhook w ON w.id = d.webhook_id WHERE d.state = 'waiting' AND w.paused_at IS NULL;
ALTER TABLE outbox DROP COLUMN lease_until;
ALTER TABLE webhook_delivery DROP COLUMN lease_until;
DROP INDEX webhook_delivery_due;
