-- Lines of the audit log are hashed with the server's key from here on (format 2). `covers` says which rows a line vouches for, and which payloads it erased.
ALTER TABLE activity ADD COLUMN format BIGINT NOT NULL DEFAULT 1;
ALTER TABLE activity ADD COLUMN covers TEXT;
-- The head under the server's key, and the last line that is older than this key: what was written before is vouched for as it was found.
ALTER TABLE activity_head ADD COLUMN mac TEXT NOT NULL DEFAULT '';
ALTER TABLE activity_head ADD COLUMN sealed_seq BIGINT NOT NULL DEFAULT 0;
