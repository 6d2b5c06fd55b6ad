-- load_bindings: the stored cards of the given merchants with the given ids, in no order. A missing one has no row. The
-- caller picks the pairs of merchant and id that it asked for.
SELECT * FROM bindings
WHERE bindings.merchant_id = ANY (:merchant_ids::integer[])
  AND bindings.binding_id = ANY (:binding_ids::uuid[]);
