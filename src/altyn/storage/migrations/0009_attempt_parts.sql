-- 0009_attempt_parts: a deposit and a refund of an order with a cart keep the positions that they are about.

ALTER TABLE payment_attempts ADD COLUMN parts jsonb NOT NULL DEFAULT '[]';
