-- block_user: block or unblock a user of either kind; no row when the login does not exist.
WITH api AS (
    UPDATE api_users SET blocked = :blocked::boolean WHERE login = :login::text
    RETURNING merchant_id
), account AS (
    UPDATE account_users SET blocked = :blocked::boolean, version = version + 1
    WHERE login = :login::text
    RETURNING merchant_id
)
SELECT merchant_id FROM api UNION ALL SELECT merchant_id FROM account;
