-- announce: put announcements into the outbox that come with no change of an order, as those of stored cards do.
INSERT INTO outbox (merchant_id, subject_id, version, line, operation, receiver, origin,
                    parameters, created_at, due_at)
SELECT :merchant_id::integer, :subject_id::uuid, :version::integer, line, operation, receiver,
       origin, parameters, :at::timestamptz, :at::timestamptz
FROM json_to_recordset(:announcements) AS announcement (
    line smallint, operation text, receiver text, origin text, parameters json)
ON CONFLICT DO NOTHING
RETURNING line;
