-- restore_tokens: take a change of an API user's tokens back, with its entry of the audit log. Only tokens that were
-- replaced after a moment are restored; no row when there is none.
WITH restored AS (
    UPDATE api_tokens SET replaced_at = NULL
    WHERE merchant_id = :merchant_id::integer AND login = :login::text
      AND replaced_at > :replaced_after::timestamptz
    RETURNING merchant_id
), owner AS (
    SELECT DISTINCT merchant_id FROM restored
), removed AS (
    DELETE FROM api_tokens USING owner
    WHERE api_tokens.merchant_id = owner.merchant_id AND api_tokens.login = :login::text
      AND api_tokens.replaced_at IS NULL
), logged AS (
    INSERT INTO audit_log (merchant_id, number, at, actor, address, action, subject, detail, hash)
    SELECT merchant_id, :number::bigint, :at::timestamptz, :actor::text, :address::text,
           :action::text, :subject::text, :detail::text, :hash::bytea
    FROM owner
), newest AS (
    INSERT INTO audit_heads (merchant_id, number, hash, proof)
    SELECT merchant_id, :number::bigint, :hash::bytea, :proof::bytea FROM owner
    ON CONFLICT (merchant_id) DO UPDATE SET
        number = excluded.number, hash = excluded.hash, proof = excluded.proof
)
SELECT merchant_id FROM owner;
