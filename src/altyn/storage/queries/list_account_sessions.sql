-- list_account_sessions: the sessions of a merchant's users that were used after a moment, the one that was used last first.
SELECT merchant_id, token_hash, login, stage, created_at, last_request_at, ends_at, address
FROM account_sessions
WHERE merchant_id = :merchant_id::integer AND last_request_at > :idle_since::timestamptz
  AND ends_at > :now::timestamptz
ORDER BY last_request_at DESC, token_hash LIMIT :limit::integer;
