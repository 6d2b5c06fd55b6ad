-- load_cards: the encrypted cards of the given merchants with the given fingerprints, in no order. A missing card has no
-- row. The caller picks the pairs of merchant and fingerprint that it asked for.
SELECT merchant_id, fingerprint, key_id, wrapped_key, nonce, ciphertext
FROM card_vault
WHERE card_vault.merchant_id = ANY (:merchant_ids::integer[])
  AND card_vault.fingerprint = ANY (:fingerprints::bytea[]);
