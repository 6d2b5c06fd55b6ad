-- load_cards: many sealed cards, in the order they were asked for. A missing one is a row of nulls.
SELECT key_id, wrapped_key, nonce, ciphertext
FROM unnest(:merchant_ids::integer[], :fingerprints::bytea[]) WITH ORDINALITY
    AS wanted (merchant_id, fingerprint, place)
LEFT JOIN card_vault ON card_vault.merchant_id = wanted.merchant_id
    AND card_vault.fingerprint = wanted.fingerprint
ORDER BY place;
