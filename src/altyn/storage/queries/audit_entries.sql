-- audit_entries: entries of a merchant's audit log behind a number, in order.
SELECT merchant_id, number, at, actor, address, action, subject, detail, hash
FROM audit_log
WHERE merchant_id = :merchant_id::integer AND number > :after::bigint
ORDER BY number LIMIT :limit::integer;
