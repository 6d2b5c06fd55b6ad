-- load_receipt: the receipt of one version of an order.
SELECT merchant_id, order_id, version, kind, content, created_at, provider, state, provider_id, fiscal,
       problem
FROM receipts
WHERE merchant_id = :merchant_id AND order_id = :order_id AND version = :version;
