-- load_merchant: a merchant by its number.
SELECT * FROM merchants_in_force WHERE merchant_id = :merchant_id::integer;
