-- add_account_user: a user of the personal account with its login and its entry of the audit log. A login that is taken
-- fails with a unique violation.
WITH new_login AS (
    INSERT INTO logins (merchant_id, login) VALUES (:merchant_id::integer, :login::text)
    RETURNING merchant_id, login
), changed AS (
    INSERT INTO account_users (merchant_id, login, password_hash, role, must_change_password)
    SELECT merchant_id, login, :password_hash::text, :role::text, :must_change_password::boolean
    FROM new_login
    RETURNING merchant_id
),
\ir parts/audit_entry.sql
SELECT merchant_id FROM changed;
