-- add_passkey: store a new passkey with its entry of the audit log, and use up its challenge. No row for a challenge that
-- was used before, and for a user who has as many passkeys as allowed.
WITH
\ir parts/use_challenge.sql
, existing AS (
    SELECT count(*) AS count FROM account_passkeys
    WHERE merchant_id = :merchant_id::integer AND login = :login::text
), changed AS (
    INSERT INTO account_passkeys (merchant_id, credential_id, login, user_handle, rp_id,
                                  public_key, sign_count, name, added_at)
    SELECT used.merchant_id, :credential_id::bytea, :login::text, :user_handle::text, :rp_id::text,
           :public_key::bytea, :sign_count::bigint, :name::text, :at::timestamptz
    FROM used CROSS JOIN existing WHERE existing.count < :limit::integer
    RETURNING merchant_id
),
\ir parts/audit_entry.sql
SELECT merchant_id FROM changed;
