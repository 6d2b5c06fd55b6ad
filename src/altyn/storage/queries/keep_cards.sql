-- keep_cards: keep many encrypted cards. A card that is already there gets the new encryption, so it is under the active
-- key, and the later of the two times.
INSERT INTO card_vault (merchant_id, fingerprint, key_id, wrapped_key, nonce, ciphertext, keep_until, check_at)
SELECT kept.*, kept.keep_until
FROM unnest(:merchant_ids::integer[], :fingerprints::bytea[], :key_ids::text[],
            :wrapped_keys::bytea[], :nonces::bytea[], :ciphertexts::bytea[],
            :keep_untils::timestamptz[])
    AS kept (merchant_id, fingerprint, key_id, wrapped_key, nonce, ciphertext, keep_until)
ON CONFLICT (merchant_id, fingerprint) DO UPDATE SET
    key_id = excluded.key_id, wrapped_key = excluded.wrapped_key, nonce = excluded.nonce,
    ciphertext = excluded.ciphertext,
    keep_until = greatest(card_vault.keep_until, excluded.keep_until);
