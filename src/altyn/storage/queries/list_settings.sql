-- list_settings: all versions of a merchant's settings, newest first.
SELECT version, settings::text AS settings, changed_at, changed_by
FROM merchant_settings WHERE merchant_id = :merchant_id::integer ORDER BY version DESC;
