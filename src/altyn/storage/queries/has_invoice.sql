-- has_invoice: whether an order of a merchant was registered as an invoice.
SELECT invoices.order_id
FROM invoices
WHERE invoices.merchant_id = :merchant_id::integer AND invoices.order_id = :order_id::uuid;
