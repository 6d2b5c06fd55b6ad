-- add_summarised_hours: begin to summarise the orders of some merchants from a time on; the first hour is yet to come.
INSERT INTO summarised_hours (merchant_id, since, until)
SELECT merchant_id, :since::timestamptz, :since::timestamptz FROM unnest(:merchant_ids::integer[]) AS busy (merchant_id)
ON CONFLICT (merchant_id) DO NOTHING;
