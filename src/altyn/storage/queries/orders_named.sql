-- orders_named: the orders that bear a shop's number; two shops may have given the same one.
SELECT orders.merchant_id, merchants.login, order_id FROM merchants
JOIN orders ON orders.merchant_id = merchants.merchant_id AND order_number = :order_number::text
ORDER BY orders.merchant_id;
