-- remove_passkey: delete a passkey, with its entry of the audit log.
WITH changed AS (
    DELETE FROM account_passkeys
    WHERE merchant_id = :merchant_id::integer AND credential_id = :credential_id::bytea
      AND login = :login::text
    RETURNING merchant_id
),
\ir parts/audit_entry.sql
SELECT merchant_id FROM changed;
