-- add_portal_user: a user for the personal account; its login is taken already.
INSERT INTO portal_users (merchant_id, login, password_hash, role, must_change_password)
VALUES (:merchant_id::integer, :login::text, :password_hash::text, :role::text,
        :must_change_password::boolean);
