-- save_api_password: a new or restored password of an API user, with its entry of the audit log. No row when the user is
-- no longer at the expected version.
WITH changed AS (
    UPDATE api_users SET
        password_hash = :password_hash::text, must_change_password = false,
        previous_password_hash = :previous_password_hash::text,
        password_changed_at = :password_changed_at::timestamptz, version = :version::integer + 1
    WHERE merchant_id = :merchant_id::integer AND login = :login::text
      AND version = :version::integer
    RETURNING merchant_id
),
\ir parts/audit_entry.sql
SELECT merchant_id FROM changed;
