"""A gateway is killed while it builds a report; the next one builds the whole report."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest

from altyn.embedded_postgres import EmbeddedPostgres
from altyn.operations.order_list import OrderFilter
from altyn.operations.reports.jobs import (
    ExportJob,
    FileFormat,
    JobState,
    ReportKind,
    ReportRequest,
)
from altyn.storage.database import connect
from altyn.storage.export_jobs import ExportJobStore
from tests.prepared_folder import POSTGRES, PreparedFolder
from tests.processes import Launcher, end_leases, kill
from tests.xlsx import read_xlsx

ORDERS: Final = 3_000
WITHIN_SECONDS: Final = 180
FILL: Final = """
    INSERT INTO orders (merchant_id, order_id, order_number, version, status, currency,
        amount_minor, two_phase, attempts_max, hold_days, created_at, expires_at, request, params)
    SELECT merchant_id, gen_random_uuid(), 'K' || number, 1, 'created', '643', number, false, 3, 7,
        now() - number * interval '1 second', now(), '{}', '{}'
    FROM merchants, generate_series(1, $1) AS number WHERE login = 'test'
    RETURNING merchant_id
"""
# The second part of a report waits for a lock that the test holds.
PARTS_WAIT: Final = """
    CREATE FUNCTION wait_for_the_test() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END';
    CREATE TRIGGER second_part BEFORE UPDATE OF rows_done ON export_jobs FOR EACH ROW
        WHEN (OLD.rows_done > 0 AND NEW.rows_done > OLD.rows_done)
        EXECUTE FUNCTION wait_for_the_test()
"""


@pytest.mark.slow
async def test_killed_gateway_is_followed_by_another_that_builds_the_report(tmp_path: Path) -> None:
    await asyncio.to_thread(PreparedFolder.copy_to, tmp_path)
    with EmbeddedPostgres(tmp_path / POSTGRES) as postgres:
        pool = await connect(postgres.url, pool_size=2)
        launcher = Launcher(postgres.url, tmp_path, sockets=1)
        try:
            merchant_id = await pool.fetchval(FILL, ORDERS)
            jobs = ExportJobStore(pool)
            job = an_export(merchant_id)
            assert await jobs.add(job, waiting_max=1)
            await pool.execute(PARTS_WAIT)
            async with pool.acquire() as connection, connection.transaction():
                await connection.execute("SELECT pg_advisory_xact_lock(1)")
                gateway = launcher.start(0)
                begun = await until(jobs, job, lambda each: each.rows_done > 0)
                kill(gateway)
            assert begun.state is JobState.WAITING
            assert begun.rows_done < ORDERS
            await end_leases(pool)
            launcher.start(0)
            done = await until(jobs, job, lambda each: each.state is not JobState.WAITING)
            assert (done.state, done.rows_done, done.runs) == (JobState.READY, ORDERS, 2)
            content = await jobs.file(merchant_id, job.job_id)
            assert content is not None
            _, *rows = read_xlsx(content)
            assert [row[1] for row in rows] == [f"K{number}" for number in range(1, ORDERS + 1)]
        finally:
            launcher.stop()
            await pool.close()


def an_export(merchant_id: int) -> ExportJob:
    request = ReportRequest(
        kind=ReportKind.ORDERS,
        format=FileFormat.XLSX,
        orders=OrderFilter(merchant_ids=(merchant_id,)),
    )
    return ExportJob(
        merchant_id=merchant_id,
        job_id=uuid4(),
        request=request,
        requested_by="test-owner",
        created_at=datetime.now(UTC),
    )


async def until(
    jobs: ExportJobStore, job: ExportJob, done: Callable[[ExportJob], bool]
) -> ExportJob:
    """The job as soon as it is so far."""
    async with asyncio.timeout(WITHIN_SECONDS):
        while True:
            current = await jobs.load(job.merchant_id, job.job_id)
            assert current is not None
            if done(current):
                return current
            await asyncio.sleep(0.01)
