-- newest_signing_key: the key that signs a merchant's callbacks.
SELECT alias, number, certificate, sealed, created_at
FROM signing_keys WHERE merchant_id = :merchant_id::integer ORDER BY number DESC LIMIT 1;
