-- append_audit: an entry of the audit log for a change of the same transaction.
WITH changed AS (
    SELECT :merchant_id::integer AS merchant_id
),
\ir parts/audit_entry.sql
SELECT merchant_id FROM changed;
