-- deactivate_page_sets: make the active page set of a merchant ready; of a given number, or whatever it is for 0.
UPDATE page_sets SET state = 'ready'
WHERE merchant_id = :merchant_id::integer AND state = 'active'
  AND (number = :number::integer OR :number::integer = 0)
RETURNING number;
