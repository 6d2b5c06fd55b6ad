-- remove_token: delete a token; returns its owner.
DELETE FROM api_tokens WHERE token_hash = :token_hash::bytea RETURNING merchant_id, login;
