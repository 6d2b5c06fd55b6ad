-- created_of_order: when a named order of one merchant was registered; no row where there is none.
SELECT created_at FROM orders
WHERE merchant_id = :merchant_id::integer
  AND (order_id = :order_id::uuid OR order_number = :order_number::text);
