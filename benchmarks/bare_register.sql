-- The bare register write: one statement that inserts an order and a history row into Altyn's tables
-- with all their indexes. All figures are compared with it.
\set amount random(100, 1000000)
WITH registered AS (
    INSERT INTO orders (merchant_id, order_id, order_number, version, status, currency, amount_minor,
                        two_phase, attempts_max, hold_days, created_at, expires_at, due_at, request,
                        params)
    VALUES (1, uuidv7(), gen_random_uuid()::text, 1, 'created', '643', :amount, false, 3, 7, now(),
            now() + interval '20 minutes', now() + interval '20 minutes',
            '{"return_url": "https://shop.example/return", "description": "Order of a benchmark"}',
            '{}')
    RETURNING merchant_id, order_id
)
INSERT INTO order_events (merchant_id, order_id, version, at, event, actor, actor_ip)
SELECT merchant_id, order_id, 1, now(), 'registered', 'test-api', '127.0.0.1' FROM registered;
