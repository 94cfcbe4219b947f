-- One word for one thing: mentions have authors, an author has a kind, and what is left out of a count is excluded.

ALTER TABLE author RENAME COLUMN standing TO kind;
ALTER TABLE author RENAME COLUMN standing_reason TO kind_reason;
ALTER TABLE author RENAME COLUMN standing_by TO kind_by;
ALTER TABLE author RENAME COLUMN posts TO mentions;
ALTER TABLE author RENAME COLUMN reach_posts TO reach_mentions;
ALTER TABLE author RENAME COLUMN engagement_posts TO engagement_mentions;

ALTER TABLE mention_day RENAME COLUMN posts TO mentions;
ALTER TABLE mention_slice RENAME COLUMN posts TO mentions;
ALTER TABLE topic_day RENAME COLUMN posts TO mentions;
ALTER TABLE topicless_day RENAME COLUMN posts TO mentions;
ALTER TABLE phrase RENAME COLUMN posts TO mentions;
ALTER TABLE phrase RENAME COLUMN voices TO authors;
ALTER TABLE phrase_run RENAME COLUMN posts TO mentions;

ALTER TABLE movement RENAME TO segment_change;
ALTER TABLE segment_change RENAME COLUMN posts TO mentions;
DROP INDEX movement_order;
CREATE INDEX segment_change_order ON segment_change (program_id, month DESC, mentions DESC, author_id, before, after);
ALTER TABLE movement_flow RENAME TO segment_change_count;
ALTER TABLE segment_change_count RENAME COLUMN voices TO authors;

ALTER TABLE claim RENAME TO identity_link;
DROP INDEX claim_pair;
DROP INDEX claim_one;
DROP INDEX claim_other;
DROP INDEX claim_waiting;
CREATE UNIQUE INDEX identity_link_pair ON identity_link (one_id, other_id) WHERE state IN ('proposed', 'confirmed');
CREATE INDEX identity_link_one ON identity_link (one_id);
CREATE INDEX identity_link_other ON identity_link (other_id);
CREATE INDEX identity_link_waiting ON identity_link (program_id, proposed_at) WHERE state = 'proposed';

ALTER TABLE feed RENAME TO inbound_integration;
ALTER TABLE feed_delivery RENAME TO inbound_delivery;
ALTER TABLE inbound_delivery RENAME COLUMN feed_id TO integration_id;

ALTER TABLE shout_post RENAME TO repeated_mention;
ALTER TABLE repeated_mention RENAME COLUMN shout_id TO first_id;
DROP INDEX shout_post_shout;
CREATE INDEX repeated_mention_first ON repeated_mention (first_id);

ALTER TABLE raw_block RENAME TO source_row_block;
ALTER TABLE program RENAME COLUMN raw_days TO source_row_days;

ALTER TABLE import_run RENAME COLUMN set_aside TO excluded;
UPDATE import_row SET outcome = 'excluded' WHERE outcome = 'set_aside';

-- Promoters are people who recommend something; who advertises is an advertiser.
DROP INDEX author_aside;
DROP INDEX author_back;
UPDATE author SET kind = CASE kind WHEN 'counted' THEN 'customer' WHEN 'promoter' THEN 'advertiser' ELSE 'excluded' END
    WHERE kind IN ('counted', 'promoter', 'aside');
CREATE INDEX author_excluded ON author (program_id, kind, mentions DESC, id) WHERE kind <> 'customer';
CREATE INDEX author_brought_back ON author (program_id, mentions DESC, id) WHERE kind = 'customer' AND kind_by IS NOT NULL;
