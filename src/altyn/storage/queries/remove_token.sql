-- remove_token: make a token worthless; answers for whom it stood.
DELETE FROM api_tokens WHERE token_hash = :token_hash::bytea RETURNING login;
