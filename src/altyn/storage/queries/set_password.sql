-- set_password: a new password for a user of either kind; no row when the login does not exist. The old one of an API
-- user is kept, so that it can be restored, unless it was a one-time password; a lock of a user of the account ends.
WITH api AS (
    UPDATE api_users SET password_hash = :password_hash::text,
                         must_change_password = :must_change_password::boolean,
                         previous_password_hash = CASE WHEN NOT must_change_password THEN password_hash END,
                         password_changed_at = :now::timestamptz, version = version + 1
    WHERE login = :login::text RETURNING merchant_id
), account AS (
    UPDATE account_users SET password_hash = :password_hash::text,
                             must_change_password = :must_change_password::boolean,
                             failed_logins = 0, locked_until = NULL, version = version + 1
    WHERE login = :login::text RETURNING merchant_id
)
SELECT merchant_id FROM api UNION ALL SELECT merchant_id FROM account;
