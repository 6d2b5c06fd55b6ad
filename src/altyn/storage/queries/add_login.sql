-- add_login: take a name, for a merchant or one of its users.
INSERT INTO logins (merchant_id, login) VALUES (:merchant_id::integer, :login::text);
