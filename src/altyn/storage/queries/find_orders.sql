-- find_orders: the newest orders of some merchants, for a person to read; without request and attempts.
SELECT orders.merchant_id, merchants.login, order_id, order_number, status, currency, amount_minor,
       approved_minor, deposited_minor, refunded_minor, action_code, orders.created_at,
       request ->> 'description' AS description
FROM orders JOIN merchants ON merchants.merchant_id = orders.merchant_id
WHERE orders.merchant_id = ANY (:merchant_ids::integer[]) AND status = ANY (:statuses::text[])
  AND orders.created_at >= :since::timestamptz
ORDER BY orders.created_at DESC, order_id DESC LIMIT :size::integer;
