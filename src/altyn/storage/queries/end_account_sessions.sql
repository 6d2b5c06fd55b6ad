-- end_account_sessions: delete all sessions of a user of the personal account.
DELETE FROM account_sessions WHERE merchant_id = :merchant_id::integer AND login = :login::text;
