"""A report as a job: what is asked for, how far it is, and who may ask for it.

A job is a row; a worker claims it by lease, so a killed worker is followed by another one, which
begins the file again. Source: personal-account.md §3 (export), §8 (reports).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID, uuid4

from altyn.domain.account.roles import Action
from altyn.domain.moscow import start_of_day
from altyn.operations.account.ports import AccountActor
from altyn.operations.order_list import OrderFilter
from altyn.operations.paging import PAGE_SIZE, ListPage, Place
from altyn.operations.ports import Clock

DAYS_MAX: Final = 366
WAITING_MAX: Final = 10
"""So many jobs of a merchant wait or run at the same time."""
ROWS_MAX: Final = 100_000
"""So many rows a file has at most; a report with more is refused with an advice."""
KEPT_DAYS: Final = 30
RUNS_MAX: Final = 3
"""After so many runs that were interrupted a job has failed."""


class ReportKind(StrEnum):
    """What a file is about."""

    OPERATIONS = "operations"
    REFUNDS = "refunds"
    RECEIPTS = "receipts"
    RECONCILIATION = "reconciliation"
    ORDERS = "orders"

    @property
    def needs(self) -> Action:
        """The right that a user needs for such files."""
        return Action.EXPORT if self is ReportKind.ORDERS else Action.REPORTS


PERIOD_KINDS: Final = tuple(each for each in ReportKind if each is not ReportKind.ORDERS)
"""The reports about a period of days; the others are about a filter of the list of orders."""


class FileFormat(StrEnum):
    """The format of a file."""

    XLSX = "xlsx"
    CSV = "csv"


class JobState(StrEnum):
    """How far a job is. A job that is being worked on is still waiting, and `running`."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"


class Problem(StrEnum):
    """Why a job has failed."""

    TOO_MANY_ROWS = "too many rows"
    INTERRUPTED = "interrupted too often"
    ERROR = "error of the gateway"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRequest:
    """What is asked for: a period of Moscow days, both included, or a filter of the list.

    `merchant_ids` are the merchants of a period's report; none: the one that asks.
    """

    kind: ReportKind
    format: FileFormat
    language: str = "ru"
    first: date | None = None
    last: date | None = None
    merchant_ids: tuple[int, ...] = ()
    orders: OrderFilter | None = None

    @property
    def since(self) -> datetime:
        """The beginning of the period (UTC), which is included."""
        assert self.first is not None
        return start_of_day(self.first)

    @property
    def until(self) -> datetime:
        """The end of the period (UTC), which is not included."""
        assert self.last is not None
        return start_of_day(self.last + timedelta(days=1))

    @property
    def needs(self) -> Action:
        """The right that the user needs to ask for it and to download it."""
        return self.kind.needs


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportJob:
    """A job. `runs` counts how often a worker has begun it; it fences off workers before."""

    merchant_id: int
    job_id: UUID
    request: ReportRequest
    requested_by: str
    created_at: datetime
    state: JobState = JobState.WAITING
    running: bool = False
    runs: int = 0
    rows_done: int = 0
    percent: int = 0
    finished_at: datetime | None = None
    size_bytes: int = 0
    problem: str = ""

    @property
    def merchant_ids(self) -> tuple[int, ...]:
        """The merchants whose orders the file is about."""
        if self.request.orders is not None:
            return self.request.orders.merchant_ids
        return self.request.merchant_ids or (self.merchant_id,)

    @property
    def file_name(self) -> str:
        """The name of the file, which browsers save."""
        days = [f"{day:%Y-%m-%d}" for day in (self.request.first, self.request.last) if day]
        named = "_".join(dict.fromkeys(days)) or f"{self.created_at:%Y-%m-%d}"
        return f"{self.request.kind}_{named}.{self.request.format}"


@dataclass(frozen=True, slots=True)
class WantedJobs:
    """Which jobs of a merchant are listed: of which kinds, and about no other shops than these."""

    merchant_id: int
    kinds: tuple[ReportKind, ...]
    visible: tuple[int, ...]


class ExportJobs(Protocol):
    """The jobs of merchants."""

    async def add(self, job: ExportJob, *, waiting_max: int) -> bool:
        """Add a job. False: the merchant has so many waiting ones, or one with this id."""
        ...

    async def page(
        self, wanted: WantedJobs, *, before: Place | None = None, size: int = PAGE_SIZE
    ) -> ListPage[ExportJob]:
        """A page of jobs, newest first."""
        ...

    async def load(self, merchant_id: int, job_id: UUID) -> ExportJob | None: ...
    async def file(self, merchant_id: int, job_id: UUID) -> bytes | None: ...


class ReportRefusal(StrEnum):
    """Why a report is refused."""

    PERIOD_REVERSED = "period_reversed"
    PERIOD_TOO_LONG = "period_too_long"
    PERIOD_IN_FUTURE = "period_in_future"
    TOO_MANY_WAITING = "too_many_waiting"
    FORM_USED = "form_used"


class ReportRefusedError(Exception):
    """The report was refused, and no job was made."""

    def __init__(self, refusal: ReportRefusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


class ReportAlreadyAskedError(Exception):
    """The same report was asked for by the same form; there is a job for it."""


@dataclass(frozen=True, slots=True)
class Reports:
    """Asks for reports."""

    jobs: ExportJobs
    clock: Clock

    async def request(
        self, wanted: ReportRequest, actor: AccountActor, *, job_id: UUID | None = None
    ) -> ExportJob:
        """Make a job for a report or an export of orders.

        `job_id` is the one of the form, so that a form that is sent twice makes one job.
        Refuses: AccountError without the right, then ReportRefusedError: PERIOD_REVERSED,
        PERIOD_TOO_LONG, PERIOD_IN_FUTURE, then ReportAlreadyAskedError, then ReportRefusedError:
        FORM_USED for a form that has asked for another report, TOO_MANY_WAITING. The user may see
        the merchants of `wanted`; the caller checks that.
        """
        actor.require(wanted.needs)
        now = self.clock.now()
        if wanted.orders is None:
            _check_period(wanted, now)
        job = ExportJob(
            merchant_id=actor.merchant_id,
            job_id=job_id or uuid4(),
            request=wanted,
            requested_by=actor.name,
            created_at=now,
        )
        if not await self.jobs.add(job, waiting_max=WAITING_MAX):
            await self._refuse_used(job)
            raise ReportRefusedError(ReportRefusal.TOO_MANY_WAITING)
        return job

    async def _refuse_used(self, job: ExportJob) -> None:
        found = await self.jobs.load(job.merchant_id, job.job_id)
        if found is None:
            return
        if found.request == job.request:
            raise ReportAlreadyAskedError
        raise ReportRefusedError(ReportRefusal.FORM_USED)


def _check_period(wanted: ReportRequest, now: datetime) -> None:
    assert wanted.first is not None
    assert wanted.last is not None
    if wanted.last < wanted.first:
        raise ReportRefusedError(ReportRefusal.PERIOD_REVERSED)
    if (wanted.last - wanted.first).days >= DAYS_MAX:
        raise ReportRefusedError(ReportRefusal.PERIOD_TOO_LONG)
    if wanted.since > now:
        raise ReportRefusedError(ReportRefusal.PERIOD_IN_FUTURE)
