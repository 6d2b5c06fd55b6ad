-- append_audit: an entry of the audit log for a change of the same transaction.
WITH logged AS (
    INSERT INTO audit_log (merchant_id, number, at, actor, address, action, subject, detail, hash)
    VALUES (:merchant_id::integer, :number::bigint, :at::timestamptz, :actor::text,
            :address::text, :action::text, :subject::text, :detail::text, :hash::bytea)
    RETURNING merchant_id
)
INSERT INTO audit_heads (merchant_id, number, hash, proof)
SELECT merchant_id, :number::bigint, :hash::bytea, :proof::bytea FROM logged
ON CONFLICT (merchant_id) DO UPDATE SET
    number = excluded.number, hash = excluded.hash, proof = excluded.proof
RETURNING merchant_id;
