-- load_orders: the orders of the given merchants with the given ids, with their attempts, in no order. A missing order
-- has no row. The caller picks the pairs of merchant and order id that it asked for.
SELECT orders.*,
       (SELECT json_agg(attempt ORDER BY attempt.number)::text FROM payment_attempts AS attempt
        WHERE attempt.merchant_id = ANY (:merchant_ids::integer[])
          AND attempt.merchant_id = orders.merchant_id AND attempt.order_id = orders.order_id)
       AS attempts
FROM orders
WHERE orders.merchant_id = ANY (:merchant_ids::integer[])
  AND orders.order_id = ANY (:order_ids::uuid[]);
