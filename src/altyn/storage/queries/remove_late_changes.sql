-- remove_late_changes: remove the rows of late changes of those merchants whose orders are not summarised. A merchant that is
-- summarised later has none of them left out: its sums contain the changes.
WITH summarised AS (
    SELECT merchant_id FROM summarised_hours WHERE merchant_id = ANY (:merchant_ids::integer[])
), removed_orders AS (
    DELETE FROM order_hours
    WHERE merchant_id = ANY (:merchant_ids::integer[])
      AND merchant_id <> ALL (ARRAY(SELECT merchant_id FROM summarised))
)
DELETE FROM attempt_hours
WHERE merchant_id = ANY (:merchant_ids::integer[])
  AND merchant_id <> ALL (ARRAY(SELECT merchant_id FROM summarised));
