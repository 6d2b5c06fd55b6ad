-- newest_audit_entries: entries of a merchant's audit log before a number, newest first.
SELECT merchant_id, number, at, actor, address, action, subject, detail, hash
FROM audit_log
WHERE merchant_id = :merchant_id::integer AND number < :before::bigint
ORDER BY number DESC LIMIT :limit::integer;
