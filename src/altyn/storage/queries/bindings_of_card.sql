-- bindings_of_card: the stored cards of a merchant's clients with a card, oldest first.
SELECT * FROM bindings
WHERE bindings.merchant_id = :merchant_id::integer AND bindings.fingerprint = :fingerprint::bytea
ORDER BY created_at, binding_id;
