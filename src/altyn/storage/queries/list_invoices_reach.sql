-- list_invoices_reach: the invoice after the last one that a page of list_invoices has looked through; no row where the
-- page has looked through all of them.
SELECT created_at, order_id AS row_id FROM invoices
WHERE merchant_id = :merchant_id::integer
  AND created_at >= :created_since::timestamptz AND created_at < :created_until::timestamptz
  AND (created_at, order_id) < (:before_at::timestamptz, :before_id::uuid)
ORDER BY created_at DESC, order_id DESC OFFSET :looked_through::integer - 1 LIMIT 1;
