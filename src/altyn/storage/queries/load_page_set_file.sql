-- load_page_set_file: one file of a page set.
SELECT content FROM page_set_files
WHERE merchant_id = :merchant_id::integer AND number = :number::integer AND path = :path::text;
