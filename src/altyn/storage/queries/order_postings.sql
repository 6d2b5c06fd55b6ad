-- order_postings: every movement of an order's money, oldest first.
SELECT version, movement, source, destination, amount_minor FROM postings
WHERE merchant_id = :merchant_id::integer AND order_id = :order_id::uuid ORDER BY version, line;
