-- unsettled_orders: orders with an attempt whose outcome at the bank is not known since `before`.
SELECT DISTINCT merchant_id, order_id FROM payment_attempts
WHERE state IN ('asked', 'pending', 'unknown') AND started_at < :before::timestamptz
LIMIT :limit::integer;
