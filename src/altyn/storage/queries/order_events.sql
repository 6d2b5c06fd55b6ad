-- order_events: what happened to an order, oldest first.
SELECT version, at, event, actor, actor_ip, detail::text AS detail FROM order_events
WHERE merchant_id = :merchant_id::integer AND order_id = :order_id::uuid ORDER BY version;
