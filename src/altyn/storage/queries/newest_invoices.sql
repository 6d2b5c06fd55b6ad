-- newest_invoices: the newest invoices of a merchant with the state of their orders, newest first.
SELECT invoices.merchant_id, invoices.order_id, invoices.created_at, invoices.created_by, invoices.payer_name,
       orders.order_number, orders.status, orders.currency, orders.amount_minor, orders.expires_at
FROM invoices
JOIN orders ON orders.merchant_id = invoices.merchant_id AND orders.order_id = invoices.order_id
WHERE invoices.merchant_id = :merchant_id::integer AND orders.merchant_id = :merchant_id::integer
ORDER BY invoices.created_at DESC
LIMIT :limit::integer;
