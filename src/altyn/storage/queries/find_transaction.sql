-- find_transaction: the merchant's order whose payer was authenticated under this 3-D Secure 2 id.
SELECT order_id FROM payment_attempts
WHERE merchant_id = :merchant_id::integer
  AND authentication ->> 'server_trans_id' = :server_trans_id::text
LIMIT 1;
