-- report_receipts: the fiscal receipts of some orders.
SELECT order_id, version, receipt_id, kind, state, provider, created_at, changed_at, fiscal::text AS fiscal, problem
FROM receipts
WHERE merchant_id = :merchant_id::integer AND order_id = ANY (:order_ids::uuid[]);
