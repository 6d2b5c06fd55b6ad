-- load_api_credentials: an API user of a merchant, with what can be restored.
SELECT login, password_hash, must_change_password, previous_password_hash, password_changed_at, version
FROM api_users WHERE merchant_id = :merchant_id::integer AND login = :login::text;
