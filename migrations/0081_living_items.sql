-- What holds between items and their answers, where the database can say it, so that it holds whoever writes.

-- Items that were merged in a circle: the first of each circle lives again.
WITH RECURSIVE way (start_id, at_id) AS (
    SELECT id, merged_into FROM heard_item WHERE merged_into IS NOT NULL
    UNION
    SELECT way.start_id, h.merged_into FROM way JOIN heard_item h ON h.id = way.at_id WHERE h.merged_into IS NOT NULL
)
UPDATE heard_item SET merged_into = NULL, merged_at = NULL
WHERE id IN (SELECT start_id FROM way WHERE start_id = at_id)
    AND NOT EXISTS (
        SELECT 1 FROM way JOIN way back ON back.start_id = way.at_id JOIN heard_item other ON other.id = way.at_id
        WHERE way.start_id = heard_item.id AND back.at_id = heard_item.id AND other.number < heard_item.number
    );

-- When an item was first answered in public. From then on it can neither be merged nor withdrawn; and no item is merged into itself.
ALTER TABLE heard_item ADD COLUMN answered_at TIMESTAMPTZ
    CHECK (answered_at IS NULL OR (merged_into IS NULL AND withdrawn_at IS NULL))
    CHECK (merged_into IS NULL OR merged_into <> id);
UPDATE heard_item SET answered_at = (
    SELECT MIN(v.published_at) FROM response_version v JOIN response r ON r.id = v.response_id WHERE r.heard_id = heard_item.id
) WHERE merged_into IS NULL AND withdrawn_at IS NULL;
CREATE INDEX heard_item_merged ON heard_item (merged_into);

-- A reopening says which answer did not hold: one answer is reopened once. It says who was told of it by mail, too.
ALTER TABLE heard_event ADD COLUMN version_id UUID;
ALTER TABLE heard_event ADD COLUMN notified TEXT;
ALTER TABLE heard_event ADD COLUMN notified_account UUID;
CREATE UNIQUE INDEX heard_event_reopened ON heard_event (version_id) WHERE kind = 'reopened';
