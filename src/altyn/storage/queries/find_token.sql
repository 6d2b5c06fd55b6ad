-- find_token: the API user who owns a token, by the token's keyed digest.
SELECT login FROM api_tokens WHERE token_hash = :token_hash::bytea AND replaced_at IS NULL;
