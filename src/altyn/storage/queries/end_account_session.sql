-- end_account_session: delete one session of a merchant's users, with its entry of the audit log.
WITH changed AS (
    DELETE FROM account_sessions
    WHERE merchant_id = :merchant_id::integer AND token_hash = :token_hash::bytea
    RETURNING merchant_id
),
\ir parts/audit_entry.sql
SELECT merchant_id FROM changed;
