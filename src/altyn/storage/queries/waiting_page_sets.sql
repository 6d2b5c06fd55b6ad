-- waiting_page_sets: the page sets of all merchants that wait for the provider's decision, oldest first.
SELECT merchant_id, number, state, uploaded_at, uploaded_by, paths, size_bytes, findings, approved_by, reason, activated_at
FROM page_sets WHERE state = 'waiting' ORDER BY uploaded_at, merchant_id, number;
