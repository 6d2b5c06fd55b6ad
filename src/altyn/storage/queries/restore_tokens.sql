-- restore_tokens: take a change of an API user's tokens back, with its entry of the audit log. Only tokens that were
-- replaced after a moment are restored; no row when there is none.
WITH restored AS (
    UPDATE api_tokens SET replaced_at = NULL
    WHERE merchant_id = :merchant_id::integer AND login = :login::text
      AND replaced_at > :replaced_after::timestamptz
    RETURNING merchant_id
), changed AS (
    SELECT DISTINCT merchant_id FROM restored
), removed AS (
    DELETE FROM api_tokens USING changed
    WHERE api_tokens.merchant_id = changed.merchant_id AND api_tokens.login = :login::text
      AND api_tokens.replaced_at IS NULL
),
\ir parts/audit_entry.sql
SELECT merchant_id FROM changed;
