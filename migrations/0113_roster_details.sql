-- What a roster says of a person besides name, address and products, and how their consent was written down.
ALTER TABLE customer ADD COLUMN phone TEXT;
ALTER TABLE customer ADD COLUMN company TEXT;
ALTER TABLE customer ADD COLUMN purchased_at TIMESTAMPTZ;
ALTER TABLE customer ADD COLUMN country TEXT;
ALTER TABLE customer ADD COLUMN language TEXT;
ALTER TABLE customer ADD COLUMN handle TEXT;
ALTER TABLE customer ADD COLUMN handle_network TEXT;
ALTER TABLE customer ADD COLUMN tags TEXT;
-- Whatever else the roster says, by the names of its columns.
ALTER TABLE customer ADD COLUMN extra JSONB NOT NULL DEFAULT '{}';
-- The column that tells of the consent, what it says, and since when.
ALTER TABLE customer ADD COLUMN consent_column TEXT;
ALTER TABLE customer ADD COLUMN consent_says TEXT;
ALTER TABLE customer ADD COLUMN consent_since TIMESTAMPTZ;
-- Whether the person agreed to marketing; NULL where the roster does not say.
ALTER TABLE customer ADD COLUMN marketing_consent BOOLEAN;
-- How far the score of the survey goes: 10, 5, or words.
ALTER TABLE customer ADD COLUMN survey_scale TEXT NOT NULL DEFAULT 'words';
