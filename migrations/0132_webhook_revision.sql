-- Two administrators who change one webhook at the same time: the second is told.

ALTER TABLE webhook ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
