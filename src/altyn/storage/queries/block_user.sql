-- block_user: block or unblock a user of either kind; no row when the login does not exist.
WITH api AS (
    UPDATE api_users SET blocked = :blocked::boolean WHERE login = :login::text
    RETURNING merchant_id
), portal AS (
    UPDATE portal_users SET blocked = :blocked::boolean WHERE login = :login::text
    RETURNING merchant_id
)
SELECT merchant_id FROM api UNION ALL SELECT merchant_id FROM portal;
