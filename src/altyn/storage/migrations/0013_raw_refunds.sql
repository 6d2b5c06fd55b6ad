-- 0013_raw_refunds: a refund by sum keeps the line of its receipt, which the request has named.

ALTER TABLE payment_attempts ADD COLUMN raw jsonb;
