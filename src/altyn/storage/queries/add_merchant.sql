-- add_merchant: a new merchant under the next number. Of two concurrent calls one is refused by the key and repeated:
-- merchants are few and never deleted, and a sequence would leave holes in numbers that people read.
INSERT INTO merchants (merchant_id, login, name, parent_id, created_at)
SELECT coalesce(max(merchant_id), 0) + 1, :login::text, :name::text, :parent_id::integer,
       :now::timestamptz
FROM merchants
RETURNING merchant_id;
