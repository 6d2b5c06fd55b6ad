-- add_token: let a token stand for an API user; answers for whom it stands now, no row when there is no such user.
INSERT INTO api_tokens (merchant_id, token_hash, login, created_at)
SELECT merchant_id, :token_hash::bytea, login, :now::timestamptz
FROM api_users WHERE login = :login::text
-- Nothing changes; it is an update so that a token which is there already answers whose it is.
ON CONFLICT (token_hash) DO UPDATE SET login = api_tokens.login
RETURNING login AS whose;
