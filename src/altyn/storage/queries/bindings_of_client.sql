-- bindings_of_client: the stored cards of a client, oldest first.
SELECT * FROM bindings
WHERE bindings.merchant_id = :merchant_id::integer AND bindings.client_id = :client_id::text
ORDER BY created_at, binding_id;
