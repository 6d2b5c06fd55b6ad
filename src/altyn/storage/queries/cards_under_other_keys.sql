-- cards_under_other_keys: the next cards of all merchants, in the order of their primary keys, that are not under the
-- active key.
SELECT merchant_id, fingerprint, key_id, wrapped_key, nonce, ciphertext FROM card_vault
WHERE key_id <> :key_id::text
  AND (merchant_id, fingerprint) > (:after_merchant_id::integer, :after_fingerprint::bytea)
ORDER BY merchant_id, fingerprint LIMIT :limit::integer;
