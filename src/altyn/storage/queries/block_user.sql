-- block_user: shut a user out or let him in, whichever kind he is; no row when nobody has the login.
WITH api AS (
    UPDATE api_users SET blocked = :blocked::boolean WHERE login = :login::text
    RETURNING merchant_id
), portal AS (
    UPDATE portal_users SET blocked = :blocked::boolean WHERE login = :login::text
    RETURNING merchant_id
)
SELECT merchant_id FROM api UNION ALL SELECT merchant_id FROM portal;
