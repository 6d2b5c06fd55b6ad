-- load_page_set_files: all files of a page set.
SELECT path, content FROM page_set_files
WHERE merchant_id = :merchant_id::integer AND number = :number::integer ORDER BY path;
