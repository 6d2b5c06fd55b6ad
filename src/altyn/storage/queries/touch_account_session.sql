-- touch_account_session: keep the time of a session's latest request.
UPDATE account_sessions SET last_request_at = :now::timestamptz
WHERE merchant_id = :merchant_id::integer AND token_hash = :token_hash::bytea
  AND last_request_at < :now::timestamptz;
