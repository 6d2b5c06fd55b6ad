-- load_passkey: the passkey that a response names by its user handle and its credential.
SELECT merchant_id, login, credential_id, user_handle, rp_id, public_key, sign_count, name, added_at, last_used_at
FROM account_passkeys
WHERE merchant_id = :merchant_id::integer AND credential_id = :credential_id::bytea
  AND user_handle = :user_handle::text;
