-- send: store a message; one with the same id is stored once, and gets the way back that is sent last.
INSERT INTO simulators.phone_messages (
    message_id, phone, kind, text, subject, order_id, amount_minor, currency, link, actions, open_until, at,
    return_url)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (message_id) DO UPDATE SET return_url = excluded.return_url
WHERE excluded.return_url NOT IN ('', phone_messages.return_url);

-- messages: the messages of a phone after a number, the newest last, at most $3.
SELECT * FROM (
    SELECT * FROM simulators.phone_messages
    WHERE phone = $1 AND number > $2
    ORDER BY number DESC
    LIMIT $3
) AS newest
ORDER BY number;

-- message: one message of a phone.
SELECT * FROM simulators.phone_messages WHERE phone = $1 AND message_id = $2;

-- close: messages about a subject can be answered no more; the phone $3 gave the answer $2, without a phone all did.
-- $4 is why a phone without that answer can answer no more.
UPDATE simulators.phone_messages SET
    closed = true, end_reason = $4, answer = CASE WHEN $3 IN ('', phone) THEN coalesce($2, answer) ELSE answer END
WHERE subject = $1 AND NOT closed;

-- recent: the phones that got messages last, at most $1.
SELECT phone FROM simulators.phone_messages GROUP BY phone ORDER BY max(number) DESC LIMIT $1;
