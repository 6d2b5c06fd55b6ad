-- created_of_invoice: when the invoice with this order number was made; no row where the merchant has none.
SELECT invoices.merchant_id, invoices.created_at
FROM orders
JOIN invoices ON invoices.merchant_id = orders.merchant_id AND invoices.order_id = orders.order_id
WHERE orders.merchant_id = :merchant_id::integer AND invoices.merchant_id = :merchant_id
  AND orders.order_number = :order_number::text;
