-- load_api_user: an API user by its login.
SELECT merchant_id, login, password_hash, must_change_password, blocked
FROM api_users WHERE login = :login::text;
