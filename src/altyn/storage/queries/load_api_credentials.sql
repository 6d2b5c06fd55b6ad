-- load_api_credentials: an API user of a merchant, with what can be restored.
SELECT login, password_hash, must_change_password, previous_password_hash, password_changed_at, version,
       (SELECT max(replaced_at) FROM api_tokens
        WHERE api_tokens.merchant_id = :merchant_id::integer AND api_tokens.login = :login::text)
           AS tokens_replaced_at
FROM api_users WHERE merchant_id = :merchant_id::integer AND login = :login::text;
