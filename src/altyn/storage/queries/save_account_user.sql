-- save_account_user: save a change of a user of the personal account, with its entry of the audit log, the sessions that
-- it ends and the session that it opens. No row when the user is no longer at the expected version.
WITH changed AS (
    UPDATE account_users SET
        password_hash = :password_hash::text, role = :role::text, granted = :granted::text[],
        revoked = :revoked::text[], must_change_password = :must_change_password::boolean,
        blocked = :blocked::boolean, failed_logins = :failed_logins::smallint,
        locked_until = :locked_until::timestamptz, code_secret = :code_secret::text,
        code_step = :code_step::bigint, version = :version::integer + 1
    WHERE merchant_id = :merchant_id::integer AND login = :login::text
      AND version = :version::integer
    RETURNING merchant_id, login
),
\ir parts/audit_entry.sql
, ended AS (
    DELETE FROM account_sessions USING changed
    WHERE account_sessions.merchant_id = :merchant_id::integer
      AND account_sessions.merchant_id = changed.merchant_id
      AND (account_sessions.token_hash = :ended_hash::bytea
           OR (account_sessions.login = changed.login
               AND (:ends_all::boolean
                    OR account_sessions.ends_at <= :at::timestamptz
                    OR account_sessions.last_request_at <= :idle_since::timestamptz)))
), opened AS (
    INSERT INTO account_sessions (merchant_id, token_hash, login, stage, created_at,
                                  last_request_at, ends_at, address)
    SELECT merchant_id, :token_hash::bytea, login, :stage::text, :at::timestamptz,
           :at::timestamptz, :ends_at::timestamptz, :address::text
    FROM changed WHERE :token_hash::bytea IS NOT NULL
)
SELECT merchant_id FROM changed;
