-- count_tokens: how many tokens a merchant has; what they are cannot be told.
SELECT count(*) AS tokens FROM api_tokens WHERE merchant_id = :merchant_id::integer;
