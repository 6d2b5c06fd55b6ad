-- set_password: a user's new password, whichever kind he is; no row when nobody has the login.
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
