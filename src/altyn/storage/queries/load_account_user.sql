-- load_account_user: a user of the personal account by its login.
SELECT merchant_id, login, password_hash, role, granted, revoked, must_change_password, blocked,
       failed_logins, locked_until, code_secret, code_step, version
FROM account_users WHERE login = :login::text;
