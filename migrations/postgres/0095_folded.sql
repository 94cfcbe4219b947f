-- Text as searches of lists compare it, the same as in app/src/fold.rs: taken apart, in small letters, without accents. SQLite does this in
-- Rust. `lower` folds as the database's locale does, which may be ASCII alone: ICU's knows every script.
DO $do$
DECLARE
    folding TEXT := CASE WHEN EXISTS (SELECT 1 FROM pg_collation WHERE collname = 'und-x-icu') THEN ' COLLATE "und-x-icu"' ELSE '' END;
BEGIN
    EXECUTE format($sql$
        CREATE FUNCTION folded(value TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$
            SELECT CASE WHEN octet_length(value) = char_length(value) THEN lower(value) ELSE
                replace(replace(replace(translate(
                    regexp_replace(
                        normalize(lower(normalize(value, NFKD)%1$s), NFKD),
                        '[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]', '', 'g'
                    ),
                    'ςıøłđ', 'σiold'
                ), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe')
            END
        $body$
    $sql$, folding);
END
$do$;
