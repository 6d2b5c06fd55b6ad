-- end_account_session: delete one session of a merchant's users, with its entry of the audit log.
WITH ended AS (
    DELETE FROM account_sessions
    WHERE merchant_id = :merchant_id::integer AND token_hash = :token_hash::bytea
    RETURNING merchant_id
), logged AS (
    INSERT INTO audit_log (merchant_id, number, at, actor, address, action, subject, detail, hash)
    SELECT merchant_id, :number::bigint, :at::timestamptz, :actor::text, :address::text,
           :action::text, :subject::text, :detail::text, :hash::bytea
    FROM ended
), newest AS (
    INSERT INTO audit_heads (merchant_id, number, hash, proof)
    SELECT merchant_id, :number::bigint, :hash::bytea, :proof::bytea FROM ended
    ON CONFLICT (merchant_id) DO UPDATE SET
        number = excluded.number, hash = excluded.hash, proof = excluded.proof
)
SELECT merchant_id FROM ended;
