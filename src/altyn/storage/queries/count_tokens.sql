-- count_tokens: how many tokens a merchant has; the tokens themselves are not stored.
SELECT count(*) AS tokens FROM api_tokens WHERE merchant_id = :merchant_id::integer AND replaced_at IS NULL;
