-- find_merchant: the merchant with this login: its own, or that of one of its API users.
SELECT merchant_id FROM merchants WHERE login = :login::text
UNION ALL
SELECT merchant_id FROM api_users WHERE login = :login::text;
