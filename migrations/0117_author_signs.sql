-- Who speaks: how many mentions of an author show each sign of a customer or a business. Authors of earlier releases have no signs counted
-- (“signed” is less than “mentions”) and are judged by their names and habits only, until a job has counted them.

ALTER TABLE author ADD COLUMN signed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE author ADD COLUMN replies BIGINT NOT NULL DEFAULT 0;
ALTER TABLE author ADD COLUMN first_person BIGINT NOT NULL DEFAULT 0;
ALTER TABLE author ADD COLUMN calls BIGINT NOT NULL DEFAULT 0;
ALTER TABLE author ADD COLUMN hashtags BIGINT NOT NULL DEFAULT 0;
ALTER TABLE author ADD COLUMN service BIGINT NOT NULL DEFAULT 0;
ALTER TABLE author ADD COLUMN we BIGINT NOT NULL DEFAULT 0;
ALTER TABLE author ADD COLUMN addressing BIGINT NOT NULL DEFAULT 0;
ALTER TABLE author ADD COLUMN reposts BIGINT NOT NULL DEFAULT 0;
ALTER TABLE author ADD COLUMN staff BIGINT NOT NULL DEFAULT 0;
ALTER TABLE author ADD COLUMN own_links BIGINT NOT NULL DEFAULT 0;
ALTER TABLE author ADD COLUMN syndicated BIGINT NOT NULL DEFAULT 0;

-- Why a rule gave an author its kind: codes with numbers. Sentences of rules go; the job writes codes. A person's reason stays.
ALTER TABLE author ADD COLUMN kind_evidence JSONB;
UPDATE author SET kind_reason = NULL WHERE kind_by IS NULL;

-- Retailers are partners; who was excluded without a kind is of unknown kind.
UPDATE author SET kind = 'partner' WHERE kind = 'retailer';
UPDATE author SET kind = 'unknown' WHERE kind = 'excluded';

-- By what else the organisation's own people are known.
ALTER TABLE program ADD COLUMN staff_handles TEXT NOT NULL DEFAULT '';
ALTER TABLE program ADD COLUMN staff_hashtags TEXT NOT NULL DEFAULT '';
ALTER TABLE program ADD COLUMN own_domains TEXT NOT NULL DEFAULT '';
