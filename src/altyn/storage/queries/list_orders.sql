-- list_orders: one page of one merchant's orders, newest first, after a place in the list. The inner select walks the
-- index by date and ends after so many orders, so a filter that matches nothing costs no more than that. Amounts are
-- wanted in whole units of each order's currency: 100 minor units, or those of `uncommon_currencies`.
SELECT orders.merchant_id, merchants.login, order_id, order_number, orders.status, currency, amount_minor,
       approved_minor, deposited_minor, refunded_minor, action_code, orders.created_at,
       request ->> 'description' AS description
FROM (
    SELECT * FROM orders
    WHERE merchant_id = :merchant_id::integer
      AND created_at >= :created_since::timestamptz AND created_at < :created_until::timestamptz
      AND (created_at, order_id) < (:before_at::timestamptz, :before_id::uuid)
    ORDER BY created_at DESC, order_id DESC LIMIT :looked_through::integer
) AS orders
JOIN merchants ON merchants.merchant_id = orders.merchant_id
WHERE orders.merchant_id = :merchant_id
  AND (:statuses::text[] IS NULL OR orders.status = ANY (:statuses))
  AND (:order_id::uuid IS NULL OR order_id = :order_id)
  AND (:number_like::text IS NULL OR order_number LIKE :number_like)
  AND (:amount_from::numeric IS NULL OR amount_minor >= :amount_from
       * coalesce((:minor_units::integer[])[array_position(:uncommon_currencies::text[], currency)], 100))
  AND (:amount_to::numeric IS NULL OR amount_minor <= :amount_to
       * coalesce((:minor_units)[array_position(:uncommon_currencies, currency)], 100))
  AND (:currency::text IS NULL OR currency = :currency)
  AND (:action_code::integer IS NULL OR action_code = :action_code)
  AND (:email::text IS NULL OR lower(request ->> 'email') = :email OR lower(params ->> 'email') = :email)
  AND (:date_since::timestamptz IS NULL OR
       CASE :date::text WHEN 'paid' THEN approved_at WHEN 'deposited' THEN deposited_at
                        WHEN 'reversed' THEN reversed_at WHEN 'refunded' THEN refunded_at
                        ELSE orders.created_at END >= :date_since)
  AND (:date_until::timestamptz IS NULL OR
       CASE :date::text WHEN 'paid' THEN approved_at WHEN 'deposited' THEN deposited_at
                        WHEN 'reversed' THEN reversed_at WHEN 'refunded' THEN refunded_at
                        ELSE orders.created_at END < :date_until)
  AND (NOT :of_attempt::boolean OR EXISTS (
      SELECT FROM payment_attempts AS attempt
      WHERE attempt.merchant_id = :merchant_id AND attempt.order_id = orders.order_id
        AND kind IN ('pay', 'payout')
        AND (:card_end::text IS NULL OR card ->> 'masked_pan' LIKE '%' || :card_end)
        AND (:bins::text[] IS NULL
             OR (left(card ->> 'masked_pan', 6) = ANY (:bins)) <> :other_bins::boolean)
        AND (:cardholder::text IS NULL OR strpos(lower(card ->> 'holder'), :cardholder) > 0)
        AND (:approval_code::text IS NULL OR upper(approval_code) = :approval_code)
        AND (:payment_way::text IS NULL OR payment_way = :payment_way)))
  AND (:receipt_state::text IS NULL OR EXISTS (
      SELECT FROM receipts
      WHERE receipts.merchant_id = :merchant_id AND receipts.order_id = orders.order_id
        AND state = :receipt_state))
ORDER BY orders.created_at DESC, order_id DESC LIMIT :size::integer;
