-- add_token: add a token of an API user; returns its owner, no row when there is no such user.
INSERT INTO api_tokens (merchant_id, token_hash, login, created_at)
SELECT merchant_id, :token_hash::bytea, login, :now::timestamptz
FROM api_users WHERE login = :login::text
-- Nothing changes; it is an update so that the owner of a token that exists already is returned.
ON CONFLICT (token_hash) DO UPDATE SET login = api_tokens.login
RETURNING login AS whose;
