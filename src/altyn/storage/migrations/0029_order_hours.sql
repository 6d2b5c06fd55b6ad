-- 0029_order_hours: sums of orders and of attempts to pay, by the hour in which the order was registered, for the key
-- figures of the personal account. Tables and triggers only; the triggers add rows to these tables and change nothing else.

-- The sums of an hour are those of its rows together: the row that the summary made, and one for each later change.
-- A row may have negative numbers.
CREATE TABLE order_hours (
    merchant_id     integer      NOT NULL,
    hour            timestamptz  NOT NULL,  -- its beginning
    currency        text         NOT NULL,
    registered      bigint       NOT NULL,
    paid            bigint       NOT NULL,
    deposited       bigint       NOT NULL,
    turnover_minor  bigint       NOT NULL,
    refunded_minor  bigint       NOT NULL
);
-- Not unique, so that no two payments wait for the same row.
CREATE INDEX order_hours_by_hour ON order_hours (merchant_id, hour);

CREATE TABLE attempt_hours (
    merchant_id  integer      NOT NULL,
    hour         timestamptz  NOT NULL,  -- the hour of the order's registration
    approved     boolean      NOT NULL,
    way          text         NOT NULL,  -- '' for an attempt that is not approved
    action_code  integer,                -- null for an approved one
    attempts     bigint       NOT NULL
);
CREATE INDEX attempt_hours_by_hour ON attempt_hours (merchant_id, hour);

-- The hours of a merchant that are summarised: from `since` on and before `until`. A merchant with few orders has no row.
CREATE TABLE summarised_hours (
    merchant_id  integer      PRIMARY KEY,
    since        timestamptz  NOT NULL,
    until        timestamptz  NOT NULL,
    CHECK (since <= until)
);

-- The time that an order id begins with: 48 bits of milliseconds.
CREATE FUNCTION registered_at(order_id uuid) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT to_timestamp(
        ('x0000' || left(order_id::text, 8) || substr(order_id::text, 10, 4))::bit(64)::bigint / 1000.0::double precision)
$$;

CREATE FUNCTION add_late_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO order_hours (merchant_id, hour, currency, registered, paid, deposited, turnover_minor, refunded_minor)
    VALUES (NEW.merchant_id, date_trunc('hour', NEW.created_at, 'UTC'), NEW.currency, 1,
            (NEW.approved_at IS NOT NULL)::integer, (NEW.deposited_minor > 0)::integer,
            NEW.deposited_minor, NEW.refunded_minor);
    RETURN NULL;
END $$;

CREATE FUNCTION add_late_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO order_hours (merchant_id, hour, currency, registered, paid, deposited, turnover_minor, refunded_minor)
    SELECT NEW.merchant_id, date_trunc('hour', NEW.created_at, 'UTC'), NEW.currency, 0,
           (NEW.approved_at IS NOT NULL)::integer - (OLD.approved_at IS NOT NULL)::integer,
           (NEW.deposited_minor > 0)::integer - (OLD.deposited_minor > 0)::integer,
           NEW.deposited_minor - OLD.deposited_minor, NEW.refunded_minor - OLD.refunded_minor
    WHERE NEW.deposited_minor <> OLD.deposited_minor OR NEW.refunded_minor <> OLD.refunded_minor
       OR (NEW.approved_at IS NULL) <> (OLD.approved_at IS NULL);
    RETURN NULL;
END $$;

CREATE FUNCTION add_late_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO attempt_hours (merchant_id, hour, approved, way, action_code, attempts)
    SELECT NEW.merchant_id, date_trunc('hour', registered_at(NEW.order_id), 'UTC'), state = 'approved',
           CASE WHEN state = 'approved' THEN coalesce(payment_way, '') ELSE '' END,
           CASE WHEN state <> 'approved' THEN action_code END, attempts
    FROM (VALUES (NEW.state, NEW.payment_way, NEW.action_code, 1),
                 (OLD.state, OLD.payment_way, OLD.action_code, -1))
         AS change (state, payment_way, action_code, attempts)
    WHERE state IN ('approved', 'declined', 'not_sent');
    RETURN NULL;
END $$;

-- An hour is summarised when all transactions that began less than an hour after it have ended, so a change that needs no
-- row of its own is always in the summary (storage/order_hours.py). The conditions are short, because PostgreSQL reads
-- them again for each statement. Of an attempt they compare the order's id, which begins with the time.
CREATE TRIGGER late_order AFTER INSERT ON orders FOR EACH ROW
    WHEN (NEW.created_at < now() - interval '1 hour')
    EXECUTE FUNCTION add_late_order();
CREATE TRIGGER late_change AFTER UPDATE ON orders FOR EACH ROW
    WHEN (NEW.created_at < now() - interval '1 hour')
    EXECUTE FUNCTION add_late_change();
CREATE TRIGGER late_attempt AFTER INSERT ON payment_attempts FOR EACH ROW
    WHEN (NEW.kind = 'pay' AND NEW.state IN ('approved', 'declined', 'not_sent')
          AND NEW.order_id < (lpad(to_hex((extract(epoch FROM now() - interval '1 hour') * 1000)::bigint), 12, '0')
                             || '00000000000000000000')::uuid)
    EXECUTE FUNCTION add_late_attempt();
CREATE TRIGGER late_attempt_change AFTER UPDATE ON payment_attempts FOR EACH ROW
    WHEN (NEW.kind = 'pay' AND (NEW.state <> OLD.state OR NEW.action_code IS DISTINCT FROM OLD.action_code
                                OR NEW.payment_way IS DISTINCT FROM OLD.payment_way)
          AND NEW.order_id < (lpad(to_hex((extract(epoch FROM now() - interval '1 hour') * 1000)::bigint), 12, '0')
                             || '00000000000000000000')::uuid)
    EXECUTE FUNCTION add_late_attempt();
