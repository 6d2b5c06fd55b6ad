-- 0010_readiness: a table that only the readiness check writes to. A standby refuses the write, and a full disk too,
-- because each row needs a page of its own.

CREATE TABLE readiness (
    written_at timestamptz NOT NULL DEFAULT now(),
    filler bytea NOT NULL
);
ALTER TABLE readiness ALTER COLUMN filler SET STORAGE PLAIN;  -- not compressed: zeros would not need a page
