-- order_number_of: the shop's number of an order.
SELECT order_number FROM orders WHERE merchant_id = :merchant_id::integer AND order_id = :order_id::uuid;
