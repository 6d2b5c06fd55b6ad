-- rename_passkey: give a passkey another name, with its entry of the audit log.
WITH changed AS (
    UPDATE account_passkeys SET name = :name::text
    WHERE merchant_id = :merchant_id::integer AND credential_id = :credential_id::bytea
      AND login = :login::text
    RETURNING merchant_id
),
\ir parts/audit_entry.sql
SELECT merchant_id FROM changed;
