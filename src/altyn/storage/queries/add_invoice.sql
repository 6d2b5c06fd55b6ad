-- add_invoice: an order was registered as an invoice.
INSERT INTO invoices (merchant_id, order_id, created_at, created_by, payer_name)
VALUES (:merchant_id::integer, :order_id::uuid, :created_at::timestamptz, :created_by::text, :payer_name::text)
ON CONFLICT DO NOTHING;
