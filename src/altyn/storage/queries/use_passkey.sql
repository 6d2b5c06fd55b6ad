-- use_passkey: use up a challenge, and keep the authenticator's count of signatures if it is higher than the stored one.
-- An authenticator that does not count sends 0 each time. The row says which of both was done.
WITH
\ir parts/use_challenge.sql
, counted AS (
    UPDATE account_passkeys SET sign_count = :sign_count::bigint, last_used_at = :at::timestamptz
    FROM used
    WHERE account_passkeys.merchant_id = :merchant_id::integer
      AND account_passkeys.credential_id = :credential_id::bytea
      AND (account_passkeys.sign_count < :sign_count::bigint
           OR (account_passkeys.sign_count = 0 AND :sign_count::bigint = 0))
    RETURNING account_passkeys.merchant_id
)
SELECT EXISTS (SELECT FROM used) AS is_first, EXISTS (SELECT FROM counted) AS is_counted;
