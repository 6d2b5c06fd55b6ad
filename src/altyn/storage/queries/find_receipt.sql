-- find_receipt: the receipt with an id.
SELECT merchant_id, order_id, version, kind, content, created_at, provider, state, provider_id, fiscal,
       problem
FROM receipts
WHERE merchant_id = :merchant_id AND receipt_id = :receipt_id;
