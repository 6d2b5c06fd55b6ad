-- block_merchant: shut a merchant out or let it in; no row when nobody has the login.
UPDATE merchants SET blocked = :blocked::boolean WHERE login = :login::text RETURNING merchant_id;
