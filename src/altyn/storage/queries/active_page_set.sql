-- active_page_set: the page set that is served to the payers of a merchant.
SELECT number, paths, findings = '[]' AS checked FROM page_sets
WHERE merchant_id = :merchant_id::integer AND state = 'active';
