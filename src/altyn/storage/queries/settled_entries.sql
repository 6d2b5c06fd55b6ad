-- settled_entries: keys of entries that were settled before a moment, at most so many. Looks at the entries of all
-- merchants on purpose, and so visits every shard; `purge_entries` deletes what is found.
SELECT merchant_id, subject_id, version, line FROM outbox
WHERE state <> 'waiting' AND settled_at < :before::timestamptz
LIMIT :limit::integer;
