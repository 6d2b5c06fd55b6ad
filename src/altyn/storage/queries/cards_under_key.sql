-- cards_under_key: the next cards of all merchants under one key, in the order of their primary keys.
SELECT merchant_id, fingerprint, key_id, wrapped_key, nonce, ciphertext FROM card_vault
WHERE key_id = :key_id::text
  AND (merchant_id, fingerprint) > (:after_merchant_id::integer, :after_fingerprint::bytea)
ORDER BY merchant_id, fingerprint LIMIT :limit::integer;
