-- recent_deliveries: the newest deliveries of callbacks that began after a moment, oldest first.
SELECT * FROM (
    SELECT deliveries.merchant_id, merchants.login, deliveries.subject_id, deliveries.version,
           deliveries.line, deliveries.attempt, deliveries.at, deliveries.took_ms,
           deliveries.method, split_part(deliveries.url, '?', 1) AS address, deliveries.status,
           deliveries.problem, outbox.operation, outbox.parameters ->> 'orderNumber' AS order_number,
           outbox.state, outbox.attempts, outbox.due_at
    FROM deliveries JOIN merchants USING (merchant_id)
    JOIN outbox USING (merchant_id, subject_id, version, line)
    WHERE deliveries.merchant_id = ANY (:merchant_ids::integer[])
      AND outbox.merchant_id = ANY (:merchant_ids)
      AND deliveries.at > :after::timestamptz
    ORDER BY deliveries.at DESC LIMIT :limit::integer) AS newest
ORDER BY at, subject_id, version, line, attempt;
