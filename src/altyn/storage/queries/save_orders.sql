-- save_orders: save many decisions at once. An order whose version is no longer the expected one is left as it is.
-- Events, attempts, postings, receipts, stored cards and outbox rows are saved for exactly the orders that are updated;
-- returns their ids.
WITH decided AS (
    SELECT * FROM jsonb_to_recordset(:orders) AS decided (
        merchant_id integer, order_id uuid, expected_version integer, version integer, status text,
        approved_minor bigint, deposited_minor bigint, refunded_minor bigint,
        paid_out_minor bigint, action_code integer,
        partly_reversed boolean, approved_at timestamptz, deposited_at timestamptz,
        reversed_at timestamptz, refunded_at timestamptz, auto_completion_at timestamptz,
        auto_reverse_at timestamptz, postponed_until timestamptz, changed_at timestamptz,
        due_at timestamptz, payer_ip text,
        request jsonb, params jsonb, at timestamptz, event text, actor text, actor_ip text,
        detail jsonb)
), saved AS (
    UPDATE orders SET
        version = decided.version, status = decided.status,
        approved_minor = decided.approved_minor, deposited_minor = decided.deposited_minor,
        refunded_minor = decided.refunded_minor, paid_out_minor = decided.paid_out_minor,
        action_code = decided.action_code,
        partly_reversed = decided.partly_reversed, approved_at = decided.approved_at,
        deposited_at = decided.deposited_at, reversed_at = decided.reversed_at,
        refunded_at = decided.refunded_at, auto_completion_at = decided.auto_completion_at,
        auto_reverse_at = decided.auto_reverse_at, postponed_until = decided.postponed_until,
        changed_at = decided.changed_at,
        due_at = decided.due_at, payer_ip = decided.payer_ip, request = decided.request,
        params = decided.params
    FROM decided
    -- With the order ids as an array PostgreSQL searches the primary key. With the join alone it may
    -- read all orders of the merchants: of two conditions on merchant_id it expects too few rows.
    WHERE orders.merchant_id = ANY (:merchant_ids::integer[])
      AND orders.order_id = ANY (:order_ids::uuid[])
      AND orders.merchant_id = decided.merchant_id AND orders.order_id = decided.order_id
      AND orders.version = decided.expected_version
    RETURNING orders.merchant_id, orders.order_id, orders.version, orders.currency
), saved_events AS (
    INSERT INTO order_events (merchant_id, order_id, version, at, event, actor, actor_ip, detail)
    SELECT merchant_id, order_id, saved.version, at, event, actor, actor_ip, detail
    FROM saved JOIN decided USING (merchant_id, order_id)
), saved_attempts AS (
    INSERT INTO payment_attempts (merchant_id, order_id, number, kind, state, amount_minor,
                                  started_at, answered_at, action_code, rrn, approval_code,
                                  external_refund_id, inquiries, inquire_at, payment_way, partial,
                                  due, card, authentication, avs_code, waiting, details,
                                  parts, raw, payer_network, counted)
    SELECT merchant_id, order_id, number, kind, state, amount_minor,
           started_at, answered_at, action_code, rrn, approval_code,
           external_refund_id, inquiries, inquire_at, payment_way, partial,
           due, card, authentication, avs_code, waiting, details, parts, raw, payer_network, counted
    FROM saved JOIN jsonb_to_recordset(:attempts) AS attempt (
        order_id uuid, number integer, kind text, state text, amount_minor bigint,
        started_at timestamptz, answered_at timestamptz, action_code integer, rrn text,
        approval_code text, external_refund_id text, inquiries integer, inquire_at timestamptz,
        payment_way text, partial boolean, due text, card jsonb, authentication jsonb,
        avs_code text, waiting jsonb, details jsonb, parts jsonb, raw jsonb,
        payer_network text, counted boolean) USING (order_id)
    ON CONFLICT (merchant_id, order_id, number) DO UPDATE SET
        state = excluded.state, started_at = excluded.started_at,
        answered_at = excluded.answered_at, action_code = excluded.action_code,
        rrn = excluded.rrn, approval_code = excluded.approval_code,
        inquiries = excluded.inquiries, inquire_at = excluded.inquire_at,
        authentication = excluded.authentication, avs_code = excluded.avs_code,
        waiting = excluded.waiting, details = excluded.details, card = excluded.card,
        counted = excluded.counted
), saved_postings AS (
    INSERT INTO postings (merchant_id, order_id, version, line, movement, source, destination,
                          currency, amount_minor)
    SELECT merchant_id, order_id, saved.version, line, movement, source, destination,
           saved.currency, amount_minor
    FROM saved JOIN jsonb_to_recordset(:postings) AS posting (
        order_id uuid, line smallint, movement text, source text, destination text,
        amount_minor bigint) USING (order_id)
), saved_receipts AS (
    INSERT INTO receipts (merchant_id, order_id, version, receipt_id, kind, state, provider, content, fiscal,
                          created_at, changed_at)
    SELECT merchant_id, order_id, saved.version, receipt_id, kind, state, provider, content, fiscal, created_at,
           created_at
    FROM saved JOIN jsonb_to_recordset(:receipts) AS receipt (
        order_id uuid, receipt_id uuid, kind text, state text, provider text, content jsonb, fiscal jsonb,
        created_at timestamptz) USING (order_id)
), bindings_due AS (
    SELECT saved.merchant_id, binding.*,
           count(*) OVER (PARTITION BY saved.merchant_id, binding.binding_id) AS orders_due
    FROM saved JOIN jsonb_to_recordset(:bindings) AS binding (
        of_order uuid, binding_id uuid, version integer, client_id text, fingerprint text, masked_pan text, expiry text,
        holder text, system text, category text, order_id uuid, email text, phone text, recurring_days integer,
        recurring_until text, charged_at timestamptz, network_transaction_id text, at timestamptz,
        instalments_max integer, instalments_total_minor bigint, instalments_currency text, instalments_made integer,
        instalments_made_minor bigint, instalments_agreed_at timestamptz)
        ON binding.of_order = saved.order_id
), new_bindings AS (  -- of two payments that store one card at once the second fails, and is decided again
    INSERT INTO bindings (merchant_id, binding_id, version, client_id, fingerprint, masked_pan, expiry, holder, system,
                          active, category, order_id, email, phone, recurring_days, recurring_until, charged_at,
                          network_transaction_id, created_at, changed_at, instalments_max, instalments_total_minor,
                          instalments_currency, instalments_made, instalments_made_minor, instalments_agreed_at)
    SELECT merchant_id, binding_id, 1, client_id, decode(fingerprint, 'hex'), masked_pan, expiry, holder, system,
           true, category, order_id, email, phone, recurring_days, recurring_until, charged_at,
           network_transaction_id, at, at, instalments_max, instalments_total_minor, instalments_currency,
           instalments_made, instalments_made_minor, instalments_agreed_at
    FROM bindings_due WHERE version = 1
), renewed_bindings AS (
    UPDATE bindings SET
        -- No version where another change was saved first, or two orders renew one card: the statement fails, and the
        -- order is decided again with the card as it is then.
        version = CASE
            WHEN bindings.active AND bindings.version = due.version - 1 AND due.orders_due = 1 THEN due.version
        END, expiry = due.expiry, holder = due.holder, changed_at = due.at,
        recurring_days = due.recurring_days, recurring_until = due.recurring_until, charged_at = due.charged_at,
        network_transaction_id = due.network_transaction_id, instalments_max = due.instalments_max,
        instalments_total_minor = due.instalments_total_minor, instalments_currency = due.instalments_currency,
        instalments_made = due.instalments_made, instalments_made_minor = due.instalments_made_minor,
        instalments_agreed_at = due.instalments_agreed_at
    FROM bindings_due AS due
    WHERE bindings.merchant_id = ANY (:merchant_ids::integer[])
      AND due.version > 1 AND bindings.merchant_id = due.merchant_id AND bindings.binding_id = due.binding_id
), charges_back AS (
    SELECT saved.merchant_id, charge.*,
           count(*) OVER (PARTITION BY saved.merchant_id, charge.binding_id) AS orders_due
    FROM saved JOIN jsonb_to_recordset(:charges) AS charge (
        of_order uuid, binding_id uuid, amount_minor bigint, charged_at timestamptz, charged_before timestamptz,
        at timestamptz) ON charge.of_order = saved.order_id
), released_charges AS (  -- charges that were counted in the terms of a stored card and are not made
    UPDATE bindings SET
        -- No version where two orders change one card: the statement fails, and each order is saved alone.
        version = CASE
            WHEN charge.orders_due = 1 AND NOT EXISTS (
                SELECT FROM bindings_due AS due
                WHERE due.merchant_id = charge.merchant_id AND due.binding_id = charge.binding_id)
            THEN bindings.version + 1
        END, changed_at = greatest(bindings.changed_at, charge.at),
        charged_at = CASE WHEN bindings.charged_at = charge.charged_at AND charge.charged_before IS NOT NULL
                          THEN charge.charged_before ELSE bindings.charged_at END,
        -- not below 0: terms that were agreed to anew by a clock that is behind have no such charge
        instalments_made = CASE WHEN bindings.instalments_agreed_at <= charge.charged_at
                                THEN greatest(bindings.instalments_made - 1, 0) ELSE bindings.instalments_made END,
        instalments_made_minor = CASE WHEN bindings.instalments_agreed_at <= charge.charged_at
                                      THEN greatest(bindings.instalments_made_minor - charge.amount_minor, 0)
                                      ELSE bindings.instalments_made_minor END
    FROM charges_back AS charge
    WHERE bindings.merchant_id = ANY (:merchant_ids::integer[])
      AND bindings.merchant_id = charge.merchant_id AND bindings.binding_id = charge.binding_id
), entry AS (
    SELECT saved.merchant_id, order_id, saved.version, line, kind, operation, receiver, origin,
           parameters, due_after_seconds * interval '1 second' AS due_after
    FROM saved JOIN json_to_recordset(:entries) AS entry (
        order_id uuid, line smallint, kind text, operation text, receiver text, origin text,
        parameters json, due_after_seconds double precision) USING (order_id)
), waiting AS MATERIALIZED (  -- computed once, not once per entry
    SELECT outbox.merchant_id, outbox.subject_id, outbox.kind, outbox.receiver,
           max(outbox.due_at) AS due_at
    FROM outbox
    WHERE outbox.merchant_id = ANY (:merchant_ids::integer[]) AND outbox.state = 'waiting'
      AND outbox.subject_id = ANY (ARRAY(SELECT order_id FROM entry))
    GROUP BY outbox.merchant_id, outbox.subject_id, outbox.kind, outbox.receiver
), saved_outbox AS (
    INSERT INTO outbox (merchant_id, subject_id, version, line, kind, operation, receiver, origin,
                        parameters, created_at, not_before, due_at)
    SELECT entry.merchant_id, entry.order_id, entry.version, entry.line, entry.kind,
           entry.operation, entry.receiver, entry.origin, entry.parameters, decided.at,
           CASE WHEN due_after > interval '0' THEN decided.at + due_after END,
           -- not before the earlier entries of the same kind, order and receiver
           greatest(decided.at + due_after, waiting.due_at)
    FROM entry
    JOIN decided ON decided.merchant_id = entry.merchant_id AND decided.order_id = entry.order_id
    LEFT JOIN waiting ON waiting.merchant_id = entry.merchant_id
        AND waiting.subject_id = entry.order_id AND waiting.kind = entry.kind
        AND waiting.receiver = entry.receiver
)
SELECT order_id FROM saved;
