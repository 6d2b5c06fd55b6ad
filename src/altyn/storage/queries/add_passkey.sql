-- add_passkey: store a new passkey with its entry of the audit log, and use up its challenge. No row for a challenge that
-- was used before, and for a user who has as many passkeys as allowed.
WITH used AS (
    INSERT INTO used_challenges (merchant_id, challenge, ends_at)
    VALUES (:merchant_id::integer, :challenge::bytea, :ends_at::timestamptz)
    ON CONFLICT (merchant_id, challenge) DO NOTHING
    RETURNING merchant_id
), ended AS (
    DELETE FROM used_challenges
    WHERE merchant_id = :merchant_id::integer AND ends_at <= :at::timestamptz
), existing AS (
    SELECT count(*) AS count FROM account_passkeys
    WHERE merchant_id = :merchant_id::integer AND login = :login::text
), added AS (
    INSERT INTO account_passkeys (merchant_id, credential_id, login, user_handle, rp_id,
                                  public_key, sign_count, name, added_at)
    SELECT used.merchant_id, :credential_id::bytea, :login::text, :user_handle::text, :rp_id::text,
           :public_key::bytea, :sign_count::bigint, :name::text, :at::timestamptz
    FROM used CROSS JOIN existing WHERE existing.count < :limit::integer
    RETURNING merchant_id
), logged AS (
    INSERT INTO audit_log (merchant_id, number, at, actor, address, action, subject, detail, hash)
    SELECT merchant_id, :number::bigint, :at::timestamptz, :actor::text, :address::text,
           :action::text, :subject::text, :detail::text, :hash::bytea
    FROM added
), newest AS (
    INSERT INTO audit_heads (merchant_id, number, hash, proof)
    SELECT merchant_id, :number::bigint, :hash::bytea, :proof::bytea FROM added
    ON CONFLICT (merchant_id) DO UPDATE SET
        number = excluded.number, hash = excluded.hash, proof = excluded.proof
)
SELECT merchant_id FROM added;
