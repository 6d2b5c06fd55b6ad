-- save_api_password: a new or restored password of an API user, with its entry of the audit log. No row when the user is
-- no longer at the expected version.
WITH saved AS (
    UPDATE api_users SET
        password_hash = :password_hash::text, must_change_password = false,
        previous_password_hash = :previous_password_hash::text,
        password_changed_at = :password_changed_at::timestamptz, version = :version::integer + 1
    WHERE merchant_id = :merchant_id::integer AND login = :login::text
      AND version = :version::integer
    RETURNING merchant_id
), logged AS (
    INSERT INTO audit_log (merchant_id, number, at, actor, address, action, subject, detail, hash)
    SELECT merchant_id, :number::bigint, :at::timestamptz, :actor::text, :address::text,
           :action::text, :subject::text, :detail::text, :hash::bytea
    FROM saved
), newest AS (
    INSERT INTO audit_heads (merchant_id, number, hash, proof)
    SELECT merchant_id, :number::bigint, :hash::bytea, :proof::bytea FROM saved
    ON CONFLICT (merchant_id) DO UPDATE SET
        number = excluded.number, hash = excluded.hash, proof = excluded.proof
)
SELECT merchant_id FROM saved;
