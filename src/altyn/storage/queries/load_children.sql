-- load_children: the merchants under a parent, by their numbers.
SELECT * FROM merchants_in_force WHERE parent_id = :parent_id::integer ORDER BY merchant_id;
