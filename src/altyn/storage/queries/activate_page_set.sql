-- activate_page_set: make a ready page set active. The active one was made ready by the statement before.
UPDATE page_sets SET state = 'active', activated_at = :now::timestamptz
WHERE merchant_id = :merchant_id::integer AND number = :number::integer AND state = 'ready'
RETURNING number;
