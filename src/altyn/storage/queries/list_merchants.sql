-- list_merchants: all merchants, by their numbers.
SELECT * FROM merchants_in_force ORDER BY merchant_id;
