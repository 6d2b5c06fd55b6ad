-- remove_passkey: delete a passkey, with its entry of the audit log.
WITH removed AS (
    DELETE FROM account_passkeys
    WHERE merchant_id = :merchant_id::integer AND credential_id = :credential_id::bytea
      AND login = :login::text
    RETURNING merchant_id
), logged AS (
    INSERT INTO audit_log (merchant_id, number, at, actor, address, action, subject, detail, hash)
    SELECT merchant_id, :number::bigint, :at::timestamptz, :actor::text, :address::text,
           :action::text, :subject::text, :detail::text, :hash::bytea
    FROM removed
), newest AS (
    INSERT INTO audit_heads (merchant_id, number, hash, proof)
    SELECT merchant_id, :number::bigint, :hash::bytea, :proof::bytea FROM removed
    ON CONFLICT (merchant_id) DO UPDATE SET
        number = excluded.number, hash = excluded.hash, proof = excluded.proof
)
SELECT merchant_id FROM removed;
