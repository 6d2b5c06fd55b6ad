-- apply: store the application for an order; a repeated one changes nothing. $9 is the time, $10 the time of the
-- decision, $11 the end of the order's session.
INSERT INTO simulators.credit_applications (
    order_id, state, product, product_id, months, phone, amount_minor, currency, applied_at, decides_at, expires_at,
    decided_at)
VALUES ($1, $2::text, $3, $4, $5, $6, $7, $8, $9::timestamptz, $10, $11,
    CASE WHEN $2::text = 'waiting' THEN NULL ELSE $9::timestamptz END)
ON CONFLICT (order_id) DO NOTHING;

-- find: the application for an order.
SELECT * FROM simulators.credit_applications WHERE order_id = $1;

-- decide: a decision that is due at the time $2, or the end of an application whose order is over.
UPDATE simulators.credit_applications SET
    state = CASE WHEN decides_at < expires_at THEN 'granted' ELSE 'expired' END,
    decided_at = least(decides_at, expires_at)
WHERE order_id = $1 AND state = 'waiting' AND least(decides_at, expires_at) <= $2;
