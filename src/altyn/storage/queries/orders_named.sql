-- orders_named: the orders of all merchants with this order number; several merchants may have used the same one.
SELECT orders.merchant_id, merchants.login, order_id FROM merchants
JOIN orders ON orders.merchant_id = merchants.merchant_id AND order_number = :order_number::text
ORDER BY orders.merchant_id;
