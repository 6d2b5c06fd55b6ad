-- purge_outbox: forget callbacks that were settled long ago, with their tries.
WITH old AS (
    DELETE FROM outbox
    WHERE state <> 'waiting'
      AND (merchant_id, subject_id, version, line) IN (
          SELECT merchant_id, subject_id, version, line FROM outbox
          WHERE state <> 'waiting' AND settled_at < :before::timestamptz LIMIT :limit::integer)
    RETURNING merchant_id, subject_id, version, line
), tries AS (
    DELETE FROM deliveries USING old
    WHERE deliveries.merchant_id = old.merchant_id AND deliveries.subject_id = old.subject_id
      AND deliveries.version = old.version AND deliveries.line = old.line
)
SELECT count(*) AS purged FROM old;
