-- audit_entry: the entry of the audit log for the row of `changed`, if there is one.
logged AS (
    INSERT INTO audit_log (merchant_id, number, at, actor, address, action, subject, detail, hash)
    SELECT merchant_id, :number::bigint, :at::timestamptz, :actor::text, :address::text,
           :action::text, :subject::text, :detail::text, :hash::bytea
    FROM changed
), newest AS (
    INSERT INTO audit_heads (merchant_id, number, hash, proof)
    SELECT merchant_id, :number::bigint, :hash::bytea, :proof::bytea FROM changed
    ON CONFLICT (merchant_id) DO UPDATE SET
        number = excluded.number, hash = excluded.hash, proof = excluded.proof
)
