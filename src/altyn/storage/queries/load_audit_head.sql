-- load_audit_head: what is stored of a merchant's newest entry of the audit log.
SELECT number, hash, proof FROM audit_heads WHERE merchant_id = :merchant_id::integer;
