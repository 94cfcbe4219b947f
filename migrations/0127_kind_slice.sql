-- Mentions by authors that are not customers, by kind and day: in all, and by network, language, country, segment and topic. Customers are
-- what is left of all mentions. An earlier release did not count so: the job that indexes counts them at the next start.

CREATE TABLE mention_kind_slice (
    program_id UUID NOT NULL REFERENCES program (id),
    kind TEXT NOT NULL,
    dimension TEXT NOT NULL,
    day DATE NOT NULL,
    value TEXT NOT NULL,
    mentions BIGINT NOT NULL,
    negative BIGINT NOT NULL,
    positive BIGINT NOT NULL,
    PRIMARY KEY (program_id, dimension, kind, day, value)
);
