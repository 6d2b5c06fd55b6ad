-- list_account_users: the users of the personal account of a merchant, by login.
SELECT merchant_id, login, password_hash, role, granted, revoked, must_change_password, blocked,
       failed_logins, locked_until, code_secret, code_step, version
FROM account_users WHERE merchant_id = :merchant_id::integer ORDER BY login;
