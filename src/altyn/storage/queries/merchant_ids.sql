-- merchant_ids: the numbers of all merchants.
SELECT merchant_id FROM merchants ORDER BY merchant_id;
