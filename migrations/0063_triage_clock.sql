-- How long a program gives itself to answer a post; no row: a day.
CREATE TABLE triage_setting (
    program_id UUID NOT NULL PRIMARY KEY REFERENCES program (id),
    hours BIGINT NOT NULL
);
