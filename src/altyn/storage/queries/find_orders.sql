-- find_orders: the newest orders of some merchants, for a person to read; no request, no attempts.
SELECT orders.merchant_id, merchants.login, order_id, order_number, status, currency, amount_minor,
       approved_minor, deposited_minor, refunded_minor, action_code, orders.created_at,
       request ->> 'description' AS description
FROM orders JOIN merchants USING (merchant_id)
WHERE merchant_id = ANY (:merchant_ids::integer[]) AND status = ANY (:statuses::text[])
  AND orders.created_at >= :since::timestamptz
ORDER BY orders.created_at DESC, order_id DESC LIMIT :size::integer;
