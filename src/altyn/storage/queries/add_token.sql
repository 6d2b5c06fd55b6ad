-- add_token: add a token of an API user; returns its owner, no row when there is no such user.
INSERT INTO api_tokens (merchant_id, token_hash, login, created_at)
SELECT merchant_id, :token_hash::bytea, login, :now::timestamptz
FROM api_users WHERE login = :login::text
-- An update, so that the owner of a token that exists already is returned. Of its own tokens a replaced one is in force
-- again.
ON CONFLICT (token_hash) DO UPDATE SET replaced_at =
    CASE WHEN api_tokens.login = excluded.login THEN NULL ELSE api_tokens.replaced_at END
RETURNING merchant_id, login AS whose;
