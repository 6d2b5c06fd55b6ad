-- rewrap_cards: put many cards' data keys under another key. A card whose wrapped key is no longer the one that was read
-- is left as it is: another process has encrypted it since.
UPDATE card_vault SET key_id = rewrapped.key_id, wrapped_key = rewrapped.wrapped_key
FROM unnest(:card_merchant_ids::integer[], :fingerprints::bytea[],
            :old_wrapped_keys::bytea[], :key_ids::text[], :wrapped_keys::bytea[])
    AS rewrapped (merchant_id, fingerprint, old_wrapped_key, key_id, wrapped_key)
WHERE card_vault.merchant_id = ANY (:merchant_ids::integer[])
  AND card_vault.merchant_id = rewrapped.merchant_id
  AND card_vault.fingerprint = rewrapped.fingerprint
  AND card_vault.wrapped_key = rewrapped.old_wrapped_key
RETURNING card_vault.merchant_id;
