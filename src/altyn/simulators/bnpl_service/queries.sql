-- application: the newest application for an order.
SELECT * FROM simulators.bnpl_applications WHERE order_id = $1;

-- apply: store the application for an order, where there is none or the one there has the number $9.
INSERT INTO simulators.bnpl_applications (
    order_id, number, step, phone, shop_name, order_number, amount_minor, currency, codes_left,
    code_sent_at)
VALUES ($1, $9 + 1, 'code', $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (order_id) DO UPDATE SET
    number = excluded.number, step = 'code', phone = excluded.phone, codes_left = excluded.codes_left,
    codes_sent = 1, code_sent_at = excluded.code_sent_at, agreed_on = NULL
WHERE bnpl_applications.number = $9
RETURNING *;

-- resend: send another code, with new tries, where the last one ($3) was sent until $4. $5 is the time.
UPDATE simulators.bnpl_applications SET codes_left = $3, codes_sent = codes_sent + 1, code_sent_at = $5
WHERE order_id = $1 AND number = $2 AND step = 'code' AND code_sent_at <= $4
RETURNING *;

-- miss: count a wrong code.
UPDATE simulators.bnpl_applications SET codes_left = codes_left - 1
WHERE order_id = $1 AND number = $2 AND step = 'code' AND codes_left > 0
RETURNING *;

-- move: take an application from the step $3 to the step $4; with $5 the payer agrees to the plan of that day. A code
-- needs a try that is left.
UPDATE simulators.bnpl_applications SET step = $4, agreed_on = $5
WHERE order_id = $1 AND number = $2 AND step = $3 AND (step <> 'code' OR codes_left > 0)
RETURNING *;

-- contract: a payment by its key.
SELECT * FROM simulators.bnpl_contracts WHERE key = $1;

-- receive: store a payment that is not known.
INSERT INTO simulators.bnpl_contracts (
    key, state, action_code, order_id, phone, shop_name, order_number, merchant, currency, card, hold,
    amount_minor, parts, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (key) DO NOTHING
RETURNING key;

-- close_payment: a key that never arrived.
INSERT INTO simulators.bnpl_contracts (key, state, at) VALUES ($1, 'closed', $2) ON CONFLICT (key) DO NOTHING;

-- end_payment: the first part was not charged: $2 is the state, $3 the action code.
UPDATE simulators.bnpl_contracts SET state = $2, action_code = $3, version = version + 1
WHERE key = $1 AND state = 'asked';

-- change: the contract after a change, if it still has the version $2.
UPDATE simulators.bnpl_contracts SET
    version = version + 1, state = 'active', approved_minor = amount_minor,
    held_minor = $3, deposited_minor = $4, reversed_minor = $5, refunded_minor = $6, released_minor = $7,
    unpaid_minor = $8, charged_minor = $9, returned_minor = $10,
    parts = $11, charge_keys = $12, pending = $13, rrn = $14, approval_code = $15
WHERE key = $1 AND version = $2 AND state IN ('asked', 'active')
RETURNING key;

-- request: a later request by its key.
SELECT * FROM simulators.bnpl_requests WHERE key = $1;

-- record: store a later request with its outcome; no row when its key is known.
INSERT INTO simulators.bnpl_requests (key, contract, operation, part, amount_minor, outcome, action_code, rrn, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (key) DO NOTHING
RETURNING key;

-- settle: the outcome of a charge that was pending.
UPDATE simulators.bnpl_requests SET outcome = $2, action_code = $3, rrn = $4 WHERE key = $1 AND outcome = 'PENDING';

-- declined_charges: how often charging a part of a payment was declined.
SELECT count(*) FROM simulators.bnpl_requests
WHERE contract = $1 AND part = $2 AND operation = 'CHARGE' AND outcome = 'DECLINED';

-- overdue: the parts of a payment of which a charge was declined.
SELECT DISTINCT part FROM simulators.bnpl_requests
WHERE contract = $1 AND operation = 'CHARGE' AND outcome = 'DECLINED';

-- contracts_of_phone: the payments of a phone, the newest last.
SELECT * FROM simulators.bnpl_contracts WHERE phone = $1 AND state = 'active' ORDER BY at, key;

-- ticket: the next number for an RRN.
SELECT nextval('simulators.bnpl_tickets');
