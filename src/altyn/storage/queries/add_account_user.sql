-- add_account_user: a user of the personal account with its login and its entry of the audit log. A login that is taken
-- fails with a unique violation.
WITH new_login AS (
    INSERT INTO logins (merchant_id, login) VALUES (:merchant_id::integer, :login::text)
    RETURNING merchant_id, login
), added AS (
    INSERT INTO account_users (merchant_id, login, password_hash, role, must_change_password)
    SELECT merchant_id, login, :password_hash::text, :role::text, :must_change_password::boolean
    FROM new_login
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
