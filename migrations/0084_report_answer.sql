-- What an answer did, and in which copy of a report it was given: the same reply may be in several reports.

ALTER TABLE answer ADD COLUMN effect TEXT NOT NULL DEFAULT 'recorded';
UPDATE answer SET effect = 'reopened' WHERE answer = 'still_broken';

CREATE TABLE report_answer (
    report_copy_id UUID NOT NULL REFERENCES report_copy (id),
    version_id UUID NOT NULL REFERENCES response_version (id),
    at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (report_copy_id, version_id)
);

-- Until now an answer did not say where it was given: in the newest report that its panelist had got by then.
INSERT INTO report_answer (report_copy_id, version_id, at)
SELECT k.id, a.version_id, a.at
FROM answer a
JOIN report_copy k ON k.panelist_id = a.panelist_id
JOIN report r ON r.id = k.report_id
WHERE r.sending_at <= a.at
    AND NOT EXISTS (
        SELECT 1 FROM report_copy later JOIN report newer ON newer.id = later.report_id
        WHERE later.panelist_id = a.panelist_id AND newer.sending_at <= a.at AND newer.number > r.number
    );
