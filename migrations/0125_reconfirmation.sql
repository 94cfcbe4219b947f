-- Where a day has moved, people with a seat are asked whether they can still come: when they were asked, and when they said yes.
ALTER TABLE panelist ADD COLUMN reconfirm_asked_at TIMESTAMPTZ;
ALTER TABLE panelist ADD COLUMN reconfirmed_at TIMESTAMPTZ;
