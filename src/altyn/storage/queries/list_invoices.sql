-- list_invoices: one page of one merchant's invoices with the state of their orders, newest first, after a place in the
-- list. The inner select walks the index by date and ends after so many invoices, so a filter that matches nothing costs
-- no more than that. A payer is found by a part of the name, or by an address that the order or a message with its link has.
SELECT invoices.merchant_id, invoices.order_id, invoices.created_at, invoices.created_by, invoices.payer_name,
       orders.order_number, orders.status, orders.currency, orders.amount_minor, orders.expires_at
FROM (
    SELECT * FROM invoices
    WHERE merchant_id = :merchant_id::integer
      AND created_at >= :created_since::timestamptz AND created_at < :created_until::timestamptz
      AND (created_at, order_id) < (:before_at::timestamptz, :before_id::uuid)
    ORDER BY created_at DESC, order_id DESC LIMIT :looked_through::integer
) AS invoices
JOIN orders ON orders.merchant_id = invoices.merchant_id AND orders.order_id = invoices.order_id
WHERE invoices.merchant_id = :merchant_id AND orders.merchant_id = :merchant_id
  AND (:number_like::text IS NULL OR orders.order_number LIKE :number_like)
  AND (:status::text IS NULL OR orders.status = :status)
  AND (:expired::boolean IS NULL OR (orders.expires_at <= :now::timestamptz) = :expired)
  AND (:payer::text IS NULL OR strpos(lower(invoices.payer_name), :payer) > 0
       OR lower(orders.request ->> 'email') = :payer
       OR strpos(lower(orders.request #>> '{more,paymentLinks}'), '"' || :payer || '"') > 0)
ORDER BY invoices.created_at DESC, invoices.order_id DESC LIMIT :size::integer;
