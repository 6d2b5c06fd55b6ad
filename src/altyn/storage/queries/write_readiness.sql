-- write_readiness: writes a row, which fails on a standby and on a full disk; removes the rows of earlier checks.
WITH removed AS (
    DELETE FROM readiness WHERE written_at < now() - interval '1 minute'
)
INSERT INTO readiness (filler) VALUES (:filler::bytea);
