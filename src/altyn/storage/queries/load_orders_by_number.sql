-- load_orders_by_number: as load_orders, by the shops' own numbers.
SELECT orders.*,
       (SELECT json_agg(attempt ORDER BY attempt.number)::text FROM payment_attempts AS attempt
        WHERE attempt.merchant_id = orders.merchant_id AND attempt.order_id = orders.order_id)
       AS attempts
FROM unnest(:merchant_ids::integer[], :order_numbers::text[]) WITH ORDINALITY
    AS wanted (merchant_id, order_number, place)
LEFT JOIN orders
    ON orders.merchant_id = wanted.merchant_id AND orders.order_number = wanted.order_number
ORDER BY place;
