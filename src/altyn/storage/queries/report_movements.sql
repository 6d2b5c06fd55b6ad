-- report_movements: the movements of money of some orders, with the event that each was booked with.
SELECT postings.order_id, postings.version, postings.line, movement, source, destination, postings.amount_minor,
       at, actor
FROM postings
JOIN order_events ON order_events.merchant_id = :merchant_id::integer
     AND order_events.order_id = postings.order_id AND order_events.version = postings.version
WHERE postings.merchant_id = :merchant_id::integer AND postings.order_id = ANY (:order_ids::uuid[]);
