-- find_merchant: whose login this is: the merchant's own, or one of its API users'.
SELECT merchant_id FROM merchants WHERE login = :login::text
UNION ALL
SELECT merchant_id FROM api_users WHERE login = :login::text;
