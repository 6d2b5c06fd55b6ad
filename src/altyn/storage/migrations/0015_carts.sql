-- 0015_carts: the cart of an order is a column of its own, so that a change of the order leaves it as it is.
-- It is JSON as UTF-8, or the same packed by zlib, which the gateway does; PostgreSQL need not try to pack it.
-- Older processes stop: their save of an order loses its cart

ALTER TABLE orders ADD COLUMN cart bytea;
ALTER TABLE orders ALTER COLUMN cart SET STORAGE EXTERNAL;
UPDATE orders SET cart = convert_to(request -> 'order_bundle' ->> 'text', 'UTF8'),
                  request = request - 'order_bundle'
WHERE request ? 'order_bundle';
