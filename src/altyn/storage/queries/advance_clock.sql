-- advance_clock: move the sandbox's clock forward; concurrent moves add up.
INSERT INTO sandbox_clock (ahead_by) VALUES (:by::interval)
ON CONFLICT (one) DO UPDATE SET ahead_by = sandbox_clock.ahead_by + excluded.ahead_by
RETURNING ahead_by;
