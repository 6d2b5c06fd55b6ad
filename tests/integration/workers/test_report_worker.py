"""The worker of reports: interrupted runs, two workers, too many rows, age; exports of orders."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from altyn.main.reports import open_file
from altyn.operations.order_list import OrderFilter
from altyn.operations.reports.jobs import (
    KEPT_DAYS,
    RUNS_MAX,
    ExportJob,
    FileFormat,
    JobState,
    Problem,
    ReportKind,
    ReportRequest,
)
from altyn.operations.reports.rows import Part, Row
from altyn.storage.database import Pool
from altyn.storage.export_jobs import ExportJobStore
from altyn.storage.order_list import OrderListStore
from altyn.storage.report_rows import ReportRows
from altyn.workers.reports import ReportWorker
from tests.integration.storage.conftest import pool, start_process
from tests.integration.storage.test_order_list import add_shops, save, some_orders

__all__ = ["pool", "start_process"]
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


class StandingClock:
    def now(self) -> datetime:
        return NOW


@dataclass
class GivenParts:
    """A reader of given rows; it waits in the middle until `go_on` is set."""

    rows: Sequence[Row]
    in_the_middle: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def parts(self, job: ExportJob) -> AsyncIterator[Part]:
        yield Part(self.rows, 50)
        self.in_the_middle.set()
        await self.go_on.wait()
        yield Part(self.rows, 100)


def a_job(**changes: Any) -> ExportJob:
    day = date(2026, 11, 26)
    request = ReportRequest(
        kind=ReportKind.OPERATIONS, format=FileFormat.CSV, language="en", first=day, last=day
    )
    values = {"request": request, "created_at": NOW, "requested_by": "owner", **changes}
    return ExportJob(merchant_id=1, job_id=uuid4(), **values)


def a_worker(jobs: ExportJobStore, reader: Any, **more: Any) -> ReportWorker:
    return ReportWorker(
        jobs=jobs, reader=reader, open_file=open_file, clock=StandingClock(), **more
    )


async def added(jobs: ExportJobStore, job: ExportJob) -> ExportJob:
    assert await jobs.add(job, waiting_max=10)
    return job


async def reloaded(jobs: ExportJobStore, job: ExportJob) -> ExportJob:
    found = await jobs.load(job.merchant_id, job.job_id)
    assert found is not None
    return found


async def test_stopped_worker_gives_its_job_back_at_once(pool: Pool) -> None:
    jobs = ExportJobStore(pool)
    job = await added(jobs, a_job())
    reader = GivenParts([["a"]])
    run = asyncio.create_task(a_worker(jobs, reader).build_next())
    await reader.in_the_middle.wait()
    current = await reloaded(jobs, job)
    assert (current.running, current.rows_done, current.percent) == (True, 1, 50)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    reader.go_on.set()
    assert await a_worker(jobs, reader).build_next()
    done = await reloaded(jobs, job)
    assert (done.state, done.rows_done, done.percent, done.runs) == (JobState.READY, 2, 100, 1)
    assert await jobs.file(1, job.job_id) is not None
    assert not await a_worker(jobs, reader).build_next()


async def test_killed_worker_is_followed_by_another_and_saves_nothing(pool: Pool) -> None:
    short = ExportJobStore(pool, lease_seconds=0)  # a lease that has ended when it begins
    job = await added(short, a_job())
    slow = GivenParts([["old"]])
    first = asyncio.create_task(a_worker(short, slow).build_next())
    await slow.in_the_middle.wait()
    quick = GivenParts([["new"]])
    quick.go_on.set()
    assert await a_worker(ExportJobStore(pool), quick).build_next()
    slow.go_on.set()
    assert await first
    content = await short.file(1, job.job_id)
    assert content is not None
    assert (b"new" in content, b"old" in content) == (True, False)
    assert (await reloaded(short, job)).runs == 2


async def test_leased_job_is_not_claimed_twice(pool: Pool) -> None:
    jobs = ExportJobStore(pool)
    await added(jobs, a_job())
    claims = await asyncio.gather(*(jobs.claim() for _ in range(4)))
    assert len([each for each in claims if each is not None]) == 1


async def test_job_that_is_always_interrupted_fails(pool: Pool) -> None:
    jobs = ExportJobStore(pool, lease_seconds=0)
    job = await added(jobs, a_job())
    for _ in range(RUNS_MAX):
        assert await jobs.claim() is not None
    assert await a_worker(jobs, GivenParts([])).build_next()
    failed = await reloaded(jobs, job)
    assert (failed.state, failed.problem) == (JobState.FAILED, Problem.INTERRUPTED)


async def test_report_with_too_many_rows_fails_with_an_advice(pool: Pool) -> None:
    jobs = ExportJobStore(pool)
    job = await added(jobs, a_job())
    assert await a_worker(jobs, GivenParts([["a"], ["b"]]), rows_max=1).build_next()
    failed = await reloaded(jobs, job)
    assert (failed.state, failed.problem) == (JobState.FAILED, Problem.TOO_MANY_ROWS)
    assert await jobs.file(1, job.job_id) is None


async def test_error_of_one_report_leaves_the_others(pool: Pool) -> None:
    jobs = ExportJobStore(pool)
    job = await added(jobs, a_job())
    reader = GivenParts([[object()]])  # type: ignore[list-item]  # a cell that no file can have
    reader.go_on.set()
    xlsx = ReportRequest(
        kind=ReportKind.REFUNDS, format=FileFormat.XLSX, first=job.request.first, last=NOW.date()
    )
    broken = await added(jobs, a_job(request=xlsx))
    assert await a_worker(jobs, reader).build_next()
    assert await a_worker(jobs, reader).build_next()
    failed = await reloaded(jobs, broken)
    assert (failed.state, failed.problem) == (JobState.FAILED, Problem.ERROR)


async def test_waiting_jobs_of_a_merchant_are_bounded(pool: Pool) -> None:
    jobs = ExportJobStore(pool)
    assert await jobs.add(a_job(), waiting_max=1)
    assert not await jobs.add(a_job(), waiting_max=1)


async def test_old_reports_are_deleted_with_their_files(pool: Pool) -> None:
    jobs = ExportJobStore(pool)
    old = await added(jobs, a_job(created_at=NOW - timedelta(days=KEPT_DAYS, seconds=1)))
    new = await added(jobs, a_job())
    reader = GivenParts([["a"]])
    reader.go_on.set()
    worker = a_worker(jobs, reader)
    assert await worker.build_next()
    assert await worker.build_next()
    await jobs.purge(before=NOW - timedelta(days=KEPT_DAYS))
    assert await jobs.load(1, old.job_id) is None
    assert await jobs.file(1, old.job_id) is None
    assert await jobs.file(1, new.job_id) is not None
    assert await pool.fetchval("SELECT count(*) FROM export_files") == 1


@pytest.mark.parametrize("looked_through", [1, 7, 1000])
async def test_export_has_the_orders_of_the_filter_in_every_size_of_its_parts(
    pool: Pool, looked_through: int
) -> None:
    await add_shops(pool)
    orders = some_orders(40)
    await save(pool, orders)
    jobs, lists = ExportJobStore(pool), OrderListStore(pool)
    wanted = OrderFilter(merchant_ids=(1,), amount_from=Decimal(200))
    request = ReportRequest(
        kind=ReportKind.ORDERS, format=FileFormat.CSV, language="en", orders=wanted
    )
    job = await added(jobs, a_job(request=request))
    reader = ReportRows(pool, lists, looked_through=looked_through)
    assert await a_worker(jobs, reader).build_next()
    content = await jobs.file(1, job.job_id)
    assert content is not None
    text = io.StringIO(content.decode("utf-8-sig"), newline="")
    _, *rows = csv.reader(text)
    found = [each for each in orders if each.merchant_id == 1 and each.amount_minor >= 200_00]
    found.sort(key=lambda each: (each.created_at, each.order_id), reverse=True)
    assert [row[1] for row in rows] == [each.order_number for each in found]
    assert (await reloaded(jobs, job)).rows_done == len(found)
