-- list_page_sets: the page sets of a merchant without their files, newest first.
SELECT merchant_id, number, state, uploaded_at, uploaded_by, paths, size_bytes, findings, approved_by, reason, activated_at
FROM page_sets WHERE merchant_id = :merchant_id::integer AND state <> 'removed' ORDER BY number DESC;
