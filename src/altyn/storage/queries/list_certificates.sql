-- list_certificates: all certificates of a merchant, newest first, without their private keys.
SELECT alias, certificate, created_at
FROM signing_keys WHERE merchant_id = :merchant_id::integer ORDER BY number DESC;
