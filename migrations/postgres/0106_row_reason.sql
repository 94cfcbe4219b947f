-- Why a row was skipped is a code with arguments, which pages put into words. What earlier releases wrote is recognised by its sentence;
-- any other sentence is kept as the argument of “other”.

ALTER TABLE import_row ADD COLUMN reason_args JSONB;

-- Mentions were posts, and authors voices.
UPDATE import_row SET reason = replace(replace(replace(reason, 'This post ', 'This mention '), 'The voice ', 'The author '), 'This voice ', 'This author ')
    WHERE reason LIKE 'This post %' OR reason LIKE 'The voice %' OR reason LIKE 'This voice %';

UPDATE import_row SET reason = CASE reason
    WHEN 'Half a row: a quotation mark or bracket is opened and never closed, or the line has no end.' THEN 'unclosed'
    WHEN 'The vendor''s licence does not pass on this text.' THEN 'text_licensed'
    WHEN 'The text is missing.' THEN 'text_missing'
    WHEN 'The author is missing.' THEN 'author_missing'
    WHEN 'The date is missing.' THEN 'date_missing'
    WHEN 'The date 1970-01-01 is what programs write where a date is missing.' THEN 'date_placeholder'
    WHEN 'The name is missing.' THEN 'name_missing'
    WHEN 'Neither customer number nor e-mail address is given.' THEN 'customer_unidentified'
    WHEN 'This author has objected to being listened to.' THEN 'opted_out'
    WHEN 'The organisation''s own account.' THEN 'own_account'
    WHEN 'The author is taken for a retailer.' THEN 'retailer'
    WHEN 'The author is taken for a bot.' THEN 'bot'
    WHEN 'The author is taken for a promoter.' THEN 'advertiser'
    WHEN 'The author was set aside.' THEN 'author_excluded'
    WHEN 'This mention is here already.' THEN 'mention_known'
    WHEN 'This mention was here already; what it lacked was filled in.' THEN 'mention_completed'
    WHEN 'This mention was here already; its reach and engagement were brought up to date.' THEN 'mention_recounted'
    WHEN 'This customer is here already, just so.' THEN 'customer_unchanged'
    WHEN 'This customer was here already; what changed was taken over.' THEN 'customer_updated'
    ELSE reason END;

UPDATE import_row SET reason = 'not_a_date', reason_args = jsonb_build_object('text', substr(reason, 2, length(reason) - 34))
    WHERE reason LIKE '“%” is not a date that we can read.';
UPDATE import_row SET reason = 'not_a_handle', reason_args = jsonb_build_object('text', substr(reason, 2, length(reason) - 73))
    WHERE reason LIKE '“%” is not a handle: only letters, digits, “_”, “.” and “-” can be in one.';
UPDATE import_row SET reason = 'not_a_name', reason_args = jsonb_build_object('text', substr(reason, 2, length(reason) - 27))
    WHERE reason LIKE '“%” is not an author''s name.';
UPDATE import_row SET reason = 'not_an_email', reason_args = jsonb_build_object('text', substr(reason, 2, length(reason) - 65))
    WHERE reason LIKE '“%” is not an email address. It should look like name@example.com.';
UPDATE import_row SET reason = 'not_an_email', reason_args = jsonb_build_object('text', substr(reason, 2, length(reason) - 66))
    WHERE reason LIKE '“%” is not an e-mail address. It should look like name@example.com.';
UPDATE import_row SET reason = 'text_destroyed', reason_args = jsonb_build_object('text', substr(reason, 14, length(reason) - 47))
    WHERE reason LIKE 'The text is “%”: a spreadsheet has destroyed it.';

UPDATE import_row SET reason = 'text_too_long', reason_args = jsonb_build_object('limit', 50000)
    WHERE reason LIKE 'The text is longer than 50000 characters.';
UPDATE import_row SET reason = 'handle_too_long', reason_args = jsonb_build_object('limit', 80)
    WHERE reason LIKE 'The author''s handle is longer than 80 characters.';
UPDATE import_row SET reason = 'date_in_future', reason_args = jsonb_build_object('date', substr(reason, 10, 10))
    WHERE reason LIKE 'The date ____-__-__ lies in the future.';
UPDATE import_row SET reason = 'date_too_early', reason_args = jsonb_build_object('date', substr(reason, 10, 10), 'year', 1990)
    WHERE reason LIKE 'The date ____-__-__ is implausible: it lies before 1990.';
UPDATE import_row SET reason = 'sentiment_kept', reason_args = jsonb_build_object('kept', substr(reason, 34, strpos(reason, '”; “') - 34),
    'ignored', substr(reason, strpos(reason, '”; “') + 4, length(reason) - strpos(reason, '”; “') - 24))
    WHERE reason LIKE 'This mention is here already as “%”; “%” was not taken over.';
UPDATE import_row SET reason = 'cells_missing', reason_args = jsonb_build_object('cells', CAST(substr(reason, 20, strpos(reason, ' of ') - 20) AS BIGINT),
    'columns', CAST(substr(reason, strpos(reason, ' of ') + 4, length(reason) - strpos(reason, ' of ') - 12) AS BIGINT))
    WHERE reason LIKE 'Half a row: it has % of % columns.';
UPDATE import_row SET reason = 'too_many_cells', reason_args = jsonb_build_object('cells', CAST(substr(reason, 8, strpos(reason, ' cells for ') - 8) AS BIGINT),
    'columns', CAST(substr(reason, strpos(reason, ' cells for ') + 11, length(reason) - strpos(reason, ' cells for ') - 52) AS BIGINT))
    WHERE reason LIKE 'It has % cells for % columns; a quotation mark may be missing.';

-- Codes have neither spaces nor full stops.
UPDATE import_row SET reason = 'other', reason_args = jsonb_build_object('text', reason)
    WHERE reason = '' OR reason LIKE '% %' OR reason LIKE '%.%';
