-- At most one version of an item's responses is being drafted or reviewed. The item is repeated here, so that the database can say so.
ALTER TABLE response_version ADD COLUMN heard_id UUID REFERENCES heard_item (id);
UPDATE response_version SET heard_id = (SELECT r.heard_id FROM response r WHERE r.id = response_version.response_id);

-- Two people who began at the same moment made two drafts, of which one was out of reach. The newer one stays, as the form saved that one;
-- the audit log has the words of both.
DELETE FROM response_version WHERE published_at IS NULL AND EXISTS (
    SELECT 1 FROM response_version newer
    WHERE newer.heard_id = response_version.heard_id AND newer.published_at IS NULL
        AND (newer.drafted_at > response_version.drafted_at OR (newer.drafted_at = response_version.drafted_at AND newer.id > response_version.id))
);
DELETE FROM response WHERE NOT EXISTS (SELECT 1 FROM response_version v WHERE v.response_id = response.id);
CREATE UNIQUE INDEX response_version_waiting ON response_version (heard_id) WHERE published_at IS NULL;
