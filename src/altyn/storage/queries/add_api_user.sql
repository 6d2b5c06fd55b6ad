-- add_api_user: a user for the API; its login is taken already.
INSERT INTO api_users (merchant_id, login, password_hash, must_change_password)
VALUES (:merchant_id::integer, :login::text, :password_hash::text, :must_change_password::boolean);
