-- replace_tokens: put a new token in place of all tokens of an API user, with its entry of the audit log. Tokens that
-- were replaced before are deleted; those of now can be restored.
WITH owner AS (
    SELECT merchant_id, login FROM api_users
    WHERE merchant_id = :merchant_id::integer AND login = :login::text
), removed AS (
    DELETE FROM api_tokens USING owner
    WHERE api_tokens.merchant_id = owner.merchant_id AND api_tokens.login = owner.login
      AND api_tokens.replaced_at IS NOT NULL
), replaced AS (
    UPDATE api_tokens SET replaced_at = :at::timestamptz FROM owner
    WHERE api_tokens.merchant_id = owner.merchant_id AND api_tokens.login = owner.login
      AND api_tokens.replaced_at IS NULL
), changed AS (
    INSERT INTO api_tokens (merchant_id, token_hash, login, created_at)
    SELECT merchant_id, :token_hash::bytea, login, :at::timestamptz FROM owner
    RETURNING merchant_id
),
\ir parts/audit_entry.sql
SELECT merchant_id FROM changed;
