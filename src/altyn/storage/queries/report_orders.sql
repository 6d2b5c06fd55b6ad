-- report_orders: the orders of one merchant that may have changed since a time, newest first, after a place in the
-- list; the inner select ends after so many orders, as that of list_orders. Whatever happens to an order happens after
-- its creation and not after its last change.
SELECT order_id, order_number, currency, amount_minor, approved_minor, deposited_minor, refunded_minor, paid_out_minor,
       created_at
FROM (
    SELECT * FROM orders
    WHERE merchant_id = :merchant_id::integer
      AND created_at >= :created_since::timestamptz AND created_at < :created_until::timestamptz
      AND (created_at, order_id) < (:before_at::timestamptz, :before_id::uuid)
    ORDER BY created_at DESC, order_id DESC LIMIT :looked_through::integer
) AS orders
WHERE orders.merchant_id = :merchant_id
  AND coalesce(changed_at, 'infinity') >= :changed_since::timestamptz
ORDER BY created_at DESC, order_id DESC;
