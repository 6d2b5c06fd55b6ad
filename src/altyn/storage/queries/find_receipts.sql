-- find_receipts: the newest receipts of one merchant. Executed once for each merchant that is asked for.
SELECT merchant_id, order_id, version, kind, content, created_at, provider, state, provider_id, fiscal,
       problem
FROM receipts
WHERE merchant_id = :merchant_id::integer AND (:state::text IS NULL OR state = :state)
ORDER BY created_at DESC, version DESC LIMIT :limit::integer;
