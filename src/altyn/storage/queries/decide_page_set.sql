-- decide_page_set: the provider's decision about a page set that waits.
UPDATE page_sets SET state = :state::text, approved_by = :approved_by::text, reason = :reason::text,
    decided_at = :now::timestamptz
WHERE merchant_id = :merchant_id::integer AND number = :number::integer AND state = 'waiting'
RETURNING number;
