-- One row: how often somebody opted out, was erased, or left with their last post (app/src/db/epoch.rs).
CREATE TABLE privacy_epoch (
    id BIGINT NOT NULL PRIMARY KEY,
    epoch BIGINT NOT NULL
);
INSERT INTO privacy_epoch (id, epoch) VALUES (1, 0);
-- Erasing asks which lines of the audit log a person wrote.
CREATE INDEX activity_actor ON activity (actor_id, seq);
