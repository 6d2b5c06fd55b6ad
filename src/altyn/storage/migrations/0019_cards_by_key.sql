-- 0019_cards_by_key: a rotation of the vault's keys finds the cards of one key without reading the others.

-- next_card_key, cards_under_key, count_cards_by_key: housekeeping asks every minute
CREATE INDEX card_vault_by_key ON card_vault (key_id, merchant_id, fingerprint);
