-- receive: store an invoice that is not known.
INSERT INTO simulators.bank_invoices (
    key, state, invoice_id, merchant, shop_name, terminal, amount_minor, currency, order_id, order_number,
    description, phone, hold, return_url, expires_at, action_code, received_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
ON CONFLICT (key) DO NOTHING;

-- inquire: an invoice by its key; a key that never arrived is closed. $2 is the time.
WITH known AS (
    INSERT INTO simulators.bank_invoices (key, state, received_at) VALUES ($1, 'closed', $2)
    ON CONFLICT (key) DO NOTHING
    RETURNING *
)
SELECT * FROM known
UNION ALL
SELECT * FROM simulators.bank_invoices WHERE key = $1
LIMIT 1;

-- invoice: an invoice by its key.
SELECT * FROM simulators.bank_invoices WHERE key = $1;

-- codes: the newest invoices that wait for a phone to scan their code at the time $1, at most $2.
SELECT * FROM simulators.bank_invoices
WHERE state = 'waiting' AND phone = '' AND (expires_at IS NULL OR expires_at > $1)
ORDER BY received_at DESC LIMIT $2;

-- find: the newest invoice with an id.
SELECT * FROM simulators.bank_invoices WHERE invoice_id = $1 ORDER BY received_at DESC LIMIT 1;

-- decide: the payer's answer to an invoice that waits; no row when it waits no more. $2 is the new state, $3 the
-- action code, $4 the time, $5 the phone that answers, empty for the bank itself; $6: the shop has cancelled the order.
UPDATE simulators.bank_invoices SET
    state = $2, action_code = $3, decided_at = $4, payer = CASE WHEN $5 = '' THEN payer ELSE $5 END, by_shop = $6
WHERE key = $1 AND state = 'waiting' AND (expires_at IS NULL OR expires_at > $4)
RETURNING *;

-- expire: an invoice whose time is over is declined, with the action code $3. $2 is the time.
UPDATE simulators.bank_invoices SET state = 'declined', action_code = $3, decided_at = $2
WHERE key = $1 AND state = 'waiting' AND expires_at <= $2
RETURNING *;

-- settle: the result of a confirmed invoice: the money was moved, or the bank declined.
UPDATE simulators.bank_invoices SET state = $2, action_code = $3, rrn = $4, approval_code = $5
WHERE key = $1 AND state = 'confirmed'
RETURNING *;
