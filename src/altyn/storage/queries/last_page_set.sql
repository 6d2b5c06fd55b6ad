-- last_page_set: the highest number that a page set of a merchant has or had.
SELECT coalesce(max(number), 0) AS number FROM page_sets WHERE merchant_id = :merchant_id::integer;
