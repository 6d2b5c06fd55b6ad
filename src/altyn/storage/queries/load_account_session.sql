-- load_account_session: a session by its hash, with its user.
SELECT session.token_hash, session.stage, session.created_at, session.last_request_at,
       session.ends_at, session.address,
       account_user.merchant_id, account_user.login, password_hash, role, granted, revoked,
       must_change_password, blocked, failed_logins, locked_until, code_secret, code_step, version
FROM account_sessions AS session
JOIN account_users AS account_user
  ON account_user.merchant_id = session.merchant_id AND account_user.login = session.login
WHERE session.merchant_id = :merchant_id::integer AND session.token_hash = :token_hash::bytea;
