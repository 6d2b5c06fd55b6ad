-- add_entries: adds entries to the outbox that come without a change of an order, as those of stored cards do.
INSERT INTO outbox (merchant_id, subject_id, version, line, kind, operation, receiver, origin,
                    parameters, created_at, due_at, not_before)
SELECT :merchant_id::integer, :subject_id::uuid, :version::integer, line, kind, operation, receiver,
       origin, parameters, :at::timestamptz,
       :at::timestamptz + due_after_seconds * interval '1 second',
       CASE WHEN due_after_seconds > 0
            THEN :at::timestamptz + due_after_seconds * interval '1 second' END
FROM json_to_recordset(:entries) AS entry (
    line smallint, kind text, operation text, receiver text, origin text, parameters json,
    due_after_seconds double precision)
ON CONFLICT DO NOTHING
RETURNING line;
