-- add_binding: add a stored card with the outbox entries about it. Where the client has this card active, that stored
-- card gets the new expiry and holder, no entry is added, and its row is returned.
WITH added AS (
    INSERT INTO bindings (
        merchant_id, binding_id, version, client_id, fingerprint, masked_pan, expiry, holder, system, active,
        category, order_id, email, phone, recurring_days, recurring_until, charged_at, network_transaction_id,
        created_at, changed_at)
    VALUES (
        :merchant_id::integer, :binding_id::uuid, 1, :client_id::text, :fingerprint::bytea, :masked_pan::text,
        :expiry::text, :holder::text, :system::text, true, :category::text, :order_id::uuid, :email::text,
        :phone::text, :recurring_days::integer, :recurring_until::text, :charged_at::timestamptz,
        :network_transaction_id::text, :at::timestamptz, :at::timestamptz)
    ON CONFLICT (merchant_id, client_id, fingerprint, category) WHERE active DO UPDATE SET
        version = bindings.version + 1, expiry = excluded.expiry, holder = excluded.holder,
        changed_at = excluded.changed_at
    RETURNING *
), entries AS (
    INSERT INTO outbox (merchant_id, subject_id, version, line, kind, operation, receiver, origin, parameters,
                        created_at, due_at, not_before)
    SELECT added.merchant_id, added.binding_id, added.version, line, kind, operation, receiver, origin, parameters,
           :at::timestamptz, :at::timestamptz, NULL
    FROM added, json_to_recordset(:entries::json) AS entry (
        line smallint, kind text, operation text, receiver text, origin text, parameters json)
    WHERE added.merchant_id = :merchant_id::integer AND added.binding_id = :binding_id::uuid
)
SELECT * FROM added WHERE added.merchant_id = :merchant_id::integer;
