-- purge_entries: deletes settled entries with the records of their deliveries; an entry that was resent meanwhile stays.
WITH key AS (
    SELECT * FROM unnest(:merchant_ids::integer[], :subject_ids::uuid[], :versions::integer[],
                         :lines::smallint[]) AS key (merchant_id, subject_id, version, line)
), purged AS (
    DELETE FROM outbox USING key
    WHERE outbox.merchant_id = ANY (:merchant_ids) AND outbox.merchant_id = key.merchant_id
      AND outbox.subject_id = key.subject_id AND outbox.version = key.version
      AND outbox.line = key.line
      AND outbox.state <> 'waiting' AND outbox.settled_at < :before::timestamptz
    RETURNING outbox.merchant_id, outbox.subject_id, outbox.version, outbox.line
), records AS (
    DELETE FROM deliveries USING purged
    WHERE deliveries.merchant_id = ANY (:merchant_ids)
      AND deliveries.merchant_id = purged.merchant_id
      AND deliveries.subject_id = purged.subject_id AND deliveries.version = purged.version
      AND deliveries.line = purged.line
)
SELECT count(*) AS purged FROM purged;
