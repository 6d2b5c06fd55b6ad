-- set_clock: move the sandbox's clock to so far ahead; no row when it is further already.
INSERT INTO sandbox_clock (ahead_by) VALUES (:by::interval)
ON CONFLICT (one) DO UPDATE SET ahead_by = excluded.ahead_by
WHERE sandbox_clock.ahead_by <= excluded.ahead_by
RETURNING ahead_by;
