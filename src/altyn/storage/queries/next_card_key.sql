-- next_card_key: the first key id after the given one that a card of any merchant is encrypted under; NULL at the end.
SELECT min(key_id) AS key_id FROM card_vault WHERE key_id > :after::text;
