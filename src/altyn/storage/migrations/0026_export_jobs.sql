-- 0026_export_jobs: reports and exports of the personal account, built in the background, and their files.

CREATE TABLE export_jobs (
    merchant_id   integer      NOT NULL,
    job_id        uuid         NOT NULL,
    kind          text         NOT NULL,
    format        text         NOT NULL CHECK (format IN ('xlsx', 'csv')),
    request       jsonb        NOT NULL,  -- what is asked for: period, filters, language
    requested_by  text         NOT NULL,
    created_at    timestamptz  NOT NULL,  -- by the gateway's clock, as finished_at
    state         text         NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'ready', 'failed')),
    runs          smallint     NOT NULL DEFAULT 0,  -- a worker that was killed is followed by another one
    rows_done     integer      NOT NULL DEFAULT 0,
    percent       smallint     NOT NULL DEFAULT 0 CHECK (percent BETWEEN 0 AND 100),
    lease_until   timestamptz  NOT NULL DEFAULT '-infinity',  -- in real time
    finished_at   timestamptz,
    size_bytes    bigint       NOT NULL DEFAULT 0,
    problem       text         NOT NULL DEFAULT '',
    PRIMARY KEY (merchant_id, job_id)
);
-- The worker looks here; finished jobs are not in it.
CREATE INDEX export_jobs_waiting ON export_jobs (created_at) WHERE state = 'waiting';
CREATE INDEX export_jobs_created ON export_jobs (created_at);

-- A table of its own, so that a list of jobs reads no file.
CREATE TABLE export_files (
    merchant_id  integer  NOT NULL,
    job_id       uuid     NOT NULL,
    content      bytea    NOT NULL,
    PRIMARY KEY (merchant_id, job_id),
    FOREIGN KEY (merchant_id, job_id) REFERENCES export_jobs ON DELETE CASCADE
);
