-- rename_passkey: give a passkey another name, with its entry of the audit log.
WITH renamed AS (
    UPDATE account_passkeys SET name = :name::text
    WHERE merchant_id = :merchant_id::integer AND credential_id = :credential_id::bytea
      AND login = :login::text
    RETURNING merchant_id
), logged AS (
    INSERT INTO audit_log (merchant_id, number, at, actor, address, action, subject, detail, hash)
    SELECT merchant_id, :number::bigint, :at::timestamptz, :actor::text, :address::text,
           :action::text, :subject::text, :detail::text, :hash::bytea
    FROM renamed
), newest AS (
    INSERT INTO audit_heads (merchant_id, number, hash, proof)
    SELECT merchant_id, :number::bigint, :hash::bytea, :proof::bytea FROM renamed
    ON CONFLICT (merchant_id) DO UPDATE SET
        number = excluded.number, hash = excluded.hash, proof = excluded.proof
)
SELECT merchant_id FROM renamed;
