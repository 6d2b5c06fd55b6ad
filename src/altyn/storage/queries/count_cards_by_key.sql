-- count_cards_by_key: how many cards of all merchants are encrypted under each key.
SELECT key_id, count(*) AS cards FROM card_vault GROUP BY key_id ORDER BY key_id;
