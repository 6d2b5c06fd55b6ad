-- load_orders: many orders with their attempts, in the order they were asked for; callers that come
-- together share one statement. A missing order is a row of nulls.
SELECT orders.*,
       (SELECT json_agg(attempt ORDER BY attempt.number)::text FROM payment_attempts AS attempt
        WHERE attempt.merchant_id = orders.merchant_id AND attempt.order_id = orders.order_id)
       AS attempts
FROM unnest(:merchant_ids::integer[], :order_ids::uuid[]) WITH ORDINALITY
    AS wanted (merchant_id, order_id, place)
LEFT JOIN orders ON orders.merchant_id = wanted.merchant_id AND orders.order_id = wanted.order_id
ORDER BY place;
