-- load_summarised_hours: the hours that are summarised, of those merchants that have any: from `since` on, before `until`.
SELECT merchant_id, since, until FROM summarised_hours
WHERE merchant_id = ANY (:merchant_ids::integer[]) ORDER BY merchant_id;
