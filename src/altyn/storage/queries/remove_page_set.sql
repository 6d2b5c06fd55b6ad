-- remove_page_set: remove a page set that is not active, with its files. Its number stays taken.
WITH removed AS (
    UPDATE page_sets SET state = 'removed', paths = '{}'
    WHERE merchant_id = :merchant_id::integer AND number = :number::integer
      AND state NOT IN ('active', 'removed')
    RETURNING merchant_id, number
), gone AS (
    DELETE FROM page_set_files USING removed
    WHERE page_set_files.merchant_id = :merchant_id::integer
      AND page_set_files.merchant_id = removed.merchant_id
      AND page_set_files.number = removed.number
)
SELECT number FROM removed;
