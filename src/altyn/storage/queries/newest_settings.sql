-- newest_settings: the version of a merchant's settings that is in force.
SELECT version, settings::text AS settings
FROM merchant_settings WHERE merchant_id = :merchant_id::integer ORDER BY version DESC LIMIT 1;
