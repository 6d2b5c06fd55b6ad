"""The worker that builds reports: claims a job, writes its rows to a file, saves the file.

One job at a time in a process, part by part, so that payments are not delayed. A run that was
interrupted is begun again by the next worker that claims the job.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from altyn.operations.ports import Clock, Overloaded, ResultUnknown
from altyn.operations.reports.jobs import KEPT_DAYS, ROWS_MAX, RUNS_MAX, ExportJob, Problem
from altyn.operations.reports.rows import FileMaker, ReportFile, ReportReader

PULSE_SECONDS: Final = 1.0
log = structlog.get_logger("altyn.reports")


class JobQueue(Protocol):
    """The jobs, as the worker needs them."""

    async def claim(self) -> ExportJob | None: ...
    async def progress(self, job: ExportJob, *, rows_done: int, percent: int) -> bool: ...
    async def finish(
        self, job: ExportJob, content: bytes, *, rows_done: int, finished_at: datetime
    ) -> bool: ...
    async def fail(self, job: ExportJob, problem: str, *, finished_at: datetime) -> None: ...
    async def release(self, job: ExportJob) -> None: ...
    async def purge(self, *, before: datetime) -> None: ...


class TooManyRowsError(Exception):
    """The report has more rows than a file may have."""


class TakenOverError(Exception):
    """The lease has ended, and another worker has begun the job again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportWorker:
    """Builds the reports of all merchants."""

    jobs: JobQueue
    reader: ReportReader
    open_file: FileMaker
    clock: Clock
    rows_max: int = ROWS_MAX
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def run(self) -> None:
        """Build reports until cancelled, and delete old ones."""
        while True:
            await self.jobs.purge(before=self.clock.now() - timedelta(days=KEPT_DAYS))
            while await self.build_next():
                pass
            await self.sleep(PULSE_SECONDS)

    async def build_next(self) -> bool:
        """Build the report that has waited longest. False: none waits."""
        job = await self.jobs.claim()
        if job is None:
            return False
        if job.runs > RUNS_MAX:
            await self._fail(job, Problem.INTERRUPTED)
            return True
        try:
            await self._build(job)
        except TooManyRowsError:
            await self._fail(job, Problem.TOO_MANY_ROWS)
        except TakenOverError:
            log.warning("report_taken_over", job=str(job.job_id), run=job.runs)
        except (Overloaded, ResultUnknown):
            raise  # the database is lost; the job is begun again after its lease
        except asyncio.CancelledError:
            await asyncio.shield(self.jobs.release(job))
            raise
        except Exception:
            log.exception("report_failed", job=str(job.job_id), kind=str(job.request.kind))
            await self._fail(job, Problem.ERROR)
        return True

    async def _build(self, job: ExportJob) -> None:
        file = await asyncio.to_thread(self.open_file, job)
        try:
            rows_done = await self._write(job, file)
            content = await asyncio.to_thread(file.close)
        finally:
            await asyncio.to_thread(file.discard)
        now = self.clock.now()
        if not await self.jobs.finish(job, content, rows_done=rows_done, finished_at=now):
            raise TakenOverError
        log.info(
            "report_built",
            job=str(job.job_id),
            kind=str(job.request.kind),
            rows=rows_done,
            bytes=len(content),
        )

    async def _write(self, job: ExportJob, file: ReportFile) -> int:
        """Write the rows of the report; how many."""
        rows_done = 0
        async for part in self.reader.parts(job):
            rows_done += len(part.rows)
            if rows_done > self.rows_max:
                raise TooManyRowsError
            await asyncio.to_thread(file.add, part.rows)
            percent = min(part.percent, 99)
            if not await self.jobs.progress(job, rows_done=rows_done, percent=percent):
                raise TakenOverError
        return rows_done

    async def _fail(self, job: ExportJob, problem: Problem) -> None:
        await self.jobs.fail(job, problem, finished_at=self.clock.now())
