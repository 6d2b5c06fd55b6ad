-- list_passkeys: the passkeys of a user of the personal account, the oldest first.
SELECT merchant_id, login, credential_id, user_handle, rp_id, public_key, sign_count, name, added_at, last_used_at
FROM account_passkeys
WHERE merchant_id = :merchant_id::integer AND login = :login::text
ORDER BY added_at, credential_id;
