-- block_merchant: block or unblock a merchant; no row when the login does not exist.
UPDATE merchants SET blocked = :blocked::boolean WHERE login = :login::text RETURNING merchant_id;
