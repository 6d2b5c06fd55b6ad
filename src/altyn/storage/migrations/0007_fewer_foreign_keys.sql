-- 0007_fewer_foreign_keys: attempts and postings no longer check that their order exists (decision 0011).
-- Both are written by save_orders alone, for just the orders that the same statement has updated; orders are never deleted.

ALTER TABLE payment_attempts DROP CONSTRAINT payment_attempts_merchant_id_order_id_fkey;
ALTER TABLE postings DROP CONSTRAINT postings_merchant_id_order_id_fkey;
