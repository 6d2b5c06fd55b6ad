-- first_order: when the oldest order of a merchant was registered.
SELECT created_at FROM orders WHERE merchant_id = :merchant_id::integer ORDER BY created_at LIMIT 1;
