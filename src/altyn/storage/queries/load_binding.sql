-- load_binding: a stored card by its id.
SELECT * FROM bindings
WHERE bindings.merchant_id = :merchant_id::integer AND bindings.binding_id = :binding_id::uuid;
