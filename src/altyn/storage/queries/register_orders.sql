-- register_orders: add many new orders with their first event; returns the ids of those that are added.
-- A cart is a parameter of its own: inside the request, JSON would escape its thousands of quotes.
-- An order whose number its merchant has already used is left out, also when both are in one batch.
WITH registered AS (
    INSERT INTO orders (merchant_id, order_id, order_number, version, status, currency, amount_minor,
                        two_phase, attempts_max, hold_days, created_at, expires_at, due_at,
                        auto_completion_at, auto_reverse_at, payer_ip, request, params)
    SELECT merchant_id, order_id, order_number, 1, 'created', currency, amount_minor,
           two_phase, attempts_max, hold_days, created_at, expires_at, expires_at,
           auto_completion_at, auto_reverse_at, payer_ip,
           CASE WHEN cart IS NULL THEN request
                ELSE jsonb_set(request, '{order_bundle}', jsonb_build_object('text', cart)) END,
           params
    FROM unnest(:merchant_ids::integer[], :order_ids::uuid[], :order_numbers::text[],
                :currencies::text[], :amounts_minor::bigint[], :two_phases::boolean[],
                :attempts_max::smallint[], :hold_days::smallint[], :created_ats::timestamptz[],
                :expires_ats::timestamptz[], :auto_completion_ats::timestamptz[],
                :auto_reverse_ats::timestamptz[], :payer_ips::text[], :requests::jsonb[],
                :carts::text[], :params::jsonb[])
        AS new (merchant_id, order_id, order_number, currency, amount_minor, two_phase,
                attempts_max, hold_days, created_at, expires_at, auto_completion_at,
                auto_reverse_at, payer_ip, request, cart, params)
    ON CONFLICT (merchant_id, order_number) DO NOTHING
    RETURNING merchant_id, order_id, created_at
), saved_events AS (
    INSERT INTO order_events (merchant_id, order_id, version, at, event, actor, actor_ip,
                              detail)
    SELECT registered.merchant_id, registered.order_id, 1, registered.created_at, 'registered',
           actor, actor_ip, detail
    FROM registered
    JOIN unnest(:order_ids::uuid[], :actors::text[], :actor_ips::text[],
                :details::jsonb[])
        AS caller (order_id, actor, actor_ip, detail) USING (order_id)
)
SELECT order_id FROM registered;
