-- load_orders_by_number: as load_orders, by order number. Two merchants may have used the same number, so there may be
-- an order that the caller did not ask for.
SELECT orders.*,
       (SELECT json_agg(attempt ORDER BY attempt.number)::text FROM payment_attempts AS attempt
        WHERE attempt.merchant_id = ANY (:merchant_ids::integer[])
          AND attempt.merchant_id = orders.merchant_id AND attempt.order_id = orders.order_id)
       AS attempts
FROM orders
WHERE orders.merchant_id = ANY (:merchant_ids::integer[])
  AND orders.order_number = ANY (:order_numbers::text[]);
