-- set_password: a new password for a user of either kind; no row when the login does not exist.
WITH api AS (
    UPDATE api_users SET password_hash = :password_hash::text,
                         must_change_password = :must_change_password::boolean
    WHERE login = :login::text RETURNING merchant_id
), portal AS (
    UPDATE portal_users SET password_hash = :password_hash::text,
                            must_change_password = :must_change_password::boolean
    WHERE login = :login::text RETURNING merchant_id
)
SELECT merchant_id FROM api UNION ALL SELECT merchant_id FROM portal;
