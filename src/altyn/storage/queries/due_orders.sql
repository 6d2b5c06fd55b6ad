-- due_orders: the orders with an action that is due, earliest first. No claim is needed: the action is a versioned save,
-- so that of two workers one saves and the other finds nothing left to do.
SELECT merchant_id, order_id, due_at FROM orders
WHERE due_at <= :until::timestamptz ORDER BY due_at LIMIT :limit::integer;
