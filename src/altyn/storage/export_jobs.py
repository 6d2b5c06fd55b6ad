"""The jobs of reports and exports in PostgreSQL, and their files."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from altyn.operations.paging import PAGE_SIZE, ListPage, Place, newest_page
from altyn.operations.reports.jobs import ExportJob, JobState, ReportRequest, WantedJobs
from altyn.storage import keyset
from altyn.storage.database import Pool
from altyn.storage.statements import statement

LEASE_SECONDS: Final = 60
_encode: Final = msgspec.json.Encoder().encode
_request: Final = msgspec.json.Decoder(ReportRequest).decode


class ExportJobStore:
    """Implements the port `ExportJobs`, and what the worker needs of the jobs."""

    def __init__(self, pool: Pool, lease_seconds: int = LEASE_SECONDS) -> None:
        self._pool = pool
        self._lease_seconds = lease_seconds

    async def add(self, job: ExportJob, *, waiting_max: int) -> bool:
        """Add a job. False: the merchant has so many waiting ones, or one with this id."""
        rows = await statement("add_export_job").fetch(
            self._pool,
            merchant_id=job.merchant_id,
            job_id=job.job_id,
            kind=str(job.request.kind),
            format=str(job.request.format),
            request=_encode(job.request).decode(),
            requested_by=job.requested_by,
            created_at=job.created_at,
            waiting_max=waiting_max,
        )
        return bool(rows)

    async def page(
        self, wanted: WantedJobs, *, before: Place | None = None, size: int = PAGE_SIZE
    ) -> ListPage[ExportJob]:
        """A page of the jobs that are wanted, newest first, after a place in the list."""
        rows = await statement("list_export_jobs").fetch(
            self._pool,
            **keyset.before(before),
            merchant_id=wanted.merchant_id,
            kinds=[str(kind) for kind in wanted.kinds],
            visible=_encode(wanted.visible).decode(),
            size=size + 1,
        )
        return newest_page(map(_job, rows), _place, size=size)

    async def load(self, merchant_id: int, job_id: UUID) -> ExportJob | None:
        """A job of this merchant; None for one of another merchant, or of none."""
        rows = await statement("load_export_job").fetch(
            self._pool, merchant_id=merchant_id, job_id=job_id
        )
        return _job(rows[0]) if rows else None

    async def file(self, merchant_id: int, job_id: UUID) -> bytes | None:
        """The file of a job of this merchant; None where there is none."""
        rows = await statement("load_export_file").fetch(
            self._pool, merchant_id=merchant_id, job_id=job_id
        )
        return rows[0]["content"] if rows else None

    async def claim(self) -> ExportJob | None:
        """Claim the job that has waited longest; None when no job waits."""
        rows = await statement("claim_export_job").fetch(
            self._pool, lease_seconds=self._lease_seconds
        )
        return _job(rows[0]) if rows else None

    async def progress(self, job: ExportJob, *, rows_done: int, percent: int) -> bool:
        """Save how far a run is, and renew its lease. False: another run has taken it over."""
        rows = await statement("progress_export_job").fetch(
            self._pool,
            **_run(job),
            rows_done=rows_done,
            percent=percent,
            lease_seconds=self._lease_seconds,
        )
        return bool(rows)

    async def finish(
        self, job: ExportJob, content: bytes, *, rows_done: int, finished_at: datetime
    ) -> bool:
        """Save the file of a run. False: another run has taken the job over."""
        rows = await statement("finish_export_job").fetch(
            self._pool,
            **_run(job),
            content=content,
            rows_done=rows_done,
            finished_at=finished_at,
        )
        return bool(rows)

    async def fail(self, job: ExportJob, problem: str, *, finished_at: datetime) -> None:
        """Save that the job cannot be done."""
        await statement("fail_export_job").execute(
            self._pool, **_run(job), problem=problem, finished_at=finished_at
        )

    async def release(self, job: ExportJob) -> None:
        """Give the lease of an interrupted run back."""
        await statement("release_export_job").execute(self._pool, **_run(job))

    async def purge(self, *, before: datetime) -> None:
        """Delete the jobs that were asked for before a time (UTC), with their files."""
        await statement("purge_export_jobs").execute(self._pool, before=before)


def _run(job: ExportJob) -> dict[str, Any]:
    return {"merchant_id": job.merchant_id, "job_id": job.job_id, "runs": job.runs}


def _place(job: ExportJob) -> Place:
    return Place(job.created_at, job.job_id)


def _job(row: Any) -> ExportJob:
    return ExportJob(
        merchant_id=row["merchant_id"],
        job_id=row["job_id"],
        request=_request(row["request"]),
        requested_by=row["requested_by"],
        created_at=row["created_at"].astimezone(UTC),
        state=JobState(row["state"]),
        running=row["running"],
        runs=row["runs"],
        rows_done=row["rows_done"],
        percent=row["percent"],
        finished_at=row["finished_at"],
        size_bytes=row["size_bytes"],
        problem=row["problem"],
    )
