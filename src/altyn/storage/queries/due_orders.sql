-- due_orders: the orders whose time has come, earliest first. No claim is needed: what they do is a
-- versioned save, so of two workers one wins and the other finds nothing left to do.
SELECT merchant_id, order_id, due_at FROM orders
WHERE due_at <= :until::timestamptz ORDER BY due_at LIMIT :limit::integer;
