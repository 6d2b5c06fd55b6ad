"""The page of reports: ask for one, see how far each is, download it.

A user with the right to export orders sees the exports, one with the right to reports the reports.
Source: personal-account.md §3 (export), §8 (reports).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from starlette.responses import Response
from starlette.routing import BaseRoute

from altyn.domain.account.audit import AuditAction
from altyn.domain.account.roles import Action
from altyn.domain.moscow import to_moscow
from altyn.inbound.personal_account.access import AccountAccess, AccountRequest
from altyn.inbound.personal_account.pages import REPORTS_PATH, account_frame, files_area
from altyn.inbound.personal_account.reports.job_field import job_of
from altyn.inbound.personal_account.reports.texts import (
    kind_text,
    problem_text,
    refusal_text,
    report_text,
)
from altyn.inbound.personal_account.shops import SHOP, ShopChoice, VisibleShops
from altyn.inbound.web.frame import WebFrame, WebPages
from altyn.inbound.web.paging import BEFORE, page_links, read_place
from altyn.inbound.web.responses import HEADERS, page, see_other
from altyn.look import day_text
from altyn.operations.reports.jobs import (
    KEPT_DAYS,
    PERIOD_KINDS,
    ExportJob,
    FileFormat,
    JobState,
    ReportAlreadyAskedError,
    ReportKind,
    ReportRefusedError,
    ReportRequest,
    Reports,
    WantedJobs,
)

BAD_REQUEST: Final = 400
NOT_FOUND: Final = 404
LIST_ID: Final = "reports"
_FIELDS: Final = ("kind", "first", "last", "format", SHOP)
TYPES: Final = {
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileFormat.CSV: "text/csv;charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class AskedReport:
    """The form of a new report, as it was sent or as it begins."""

    kind: str
    first: str
    last: str
    format: str
    shop: str = ""


@dataclass(frozen=True, slots=True)
class ReportPages:
    """The list of reports with the form for a new one, and their files."""

    access: AccountAccess
    reports: Reports
    shops: VisibleShops

    def routes(self) -> list[BaseRoute]:
        """The addresses of the pages."""
        page_of = self.access.page
        return [
            page_of("GET", REPORTS_PATH, self.show, needs=None),
            page_of("POST", REPORTS_PATH, self.ask, needs=Action.REPORTS),
            page_of("GET", f"{REPORTS_PATH}/newest", self.show, needs=None, by_hand=False),
            page_of("GET", f"{REPORTS_PATH}/{{job_id}}", self.download, needs=None),
        ]

    async def show(self, asked: AccountRequest) -> Response:
        """The reports that the user may see. Refuses a user with neither right: NOT_PERMITTED."""
        if not asked.current.user.may(Action.EXPORT):
            asked.current.require(Action.REPORTS)
        yesterday = to_moscow(self.access.context.clock.now()).date() - timedelta(days=1)
        day = yesterday.isoformat()
        form = AskedReport(ReportKind.OPERATIONS, day, day, FileFormat.XLSX)
        return await self._page(asked, form)

    async def ask(self, asked: AccountRequest) -> Response:
        """Make a job for a report, or show the form with what is wrong; once for each form."""
        sent = asked.form
        form = AskedReport(*(sent.get(name, "") for name in _FIELDS))
        choice = await self.shops.choice(asked, form.shop)
        language = self._language(asked)
        kind, file_format = _kind(form.kind), _format(form.format)
        if kind is None or file_format is None:
            unknown = "unknown_kind" if kind is None else "unknown_format"
            return await self._page(asked, form, report_text(unknown, language=language))
        first, last = _day(form.first), _day(form.last)
        if first is None or last is None:
            return await self._page(asked, form, report_text("bad_days", language=language))
        wanted = ReportRequest(
            kind=kind,
            format=file_format,
            language=language,
            first=first,
            last=last,
            merchant_ids=choice.merchant_ids,
        )
        try:
            job = await self.reports.request(wanted, asked.current.actor, job_id=job_of(asked))
        except ReportAlreadyAskedError:
            return see_other(f"{REPORTS_PATH}?done=asked")
        except ReportRefusedError as error:
            return await self._page(asked, form, refusal_text(error.refusal, language))
        shops = ", ".join(each.login for each in choice.shops)
        await self.access.record(asked, AuditAction.REPORT_REQUESTED, job.file_name, shops)
        return see_other(f"{REPORTS_PATH}?done=asked")

    async def download(self, asked: AccountRequest) -> Response:
        """The file of a job of the user's merchant. Refuses a user without its right.

        A job about shops that the user may no longer see is treated as unknown.
        """
        job = await self._job(asked)
        if job is not None:
            asked.current.require(job.request.needs)
        content = job and await self.reports.jobs.file(job.merchant_id, job.job_id)
        if job is None or content is None:
            problem = report_text("no_file", language=self._language(asked), days=KEPT_DAYS)
            return await self._refused(asked, problem)
        await self.access.record(asked, AuditAction.REPORT_DOWNLOADED, job.file_name)
        headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{job.file_name}"'}
        return Response(content, headers=headers, media_type=TYPES[job.request.format])

    async def _job(self, asked: AccountRequest) -> ExportJob | None:
        try:
            job_id = UUID(asked.request.path_params["job_id"])
        except ValueError:
            return None
        job = await self.reports.jobs.load(asked.current.user.merchant_id, job_id)
        visible = await self.shops.choice(asked, "")
        return job if job is not None and _is_visible(job, visible) else None

    async def _refused(self, asked: AccountRequest, problem: str) -> Response:
        area = files_area(asked.current.user)
        html = _render(
            "no_report.html", self._frame(asked), problem=problem, path=REPORTS_PATH, area=area
        )
        return page(html, NOT_FOUND)

    async def _page(self, asked: AccountRequest, form: AskedReport, problem: str = "") -> Response:
        user, visible = asked.current.user, await self.shops.choice(asked, "")
        kinds = tuple(kind for kind in ReportKind if user.may(kind.needs))
        wanted = WantedJobs(user.merchant_id, kinds, visible.merchant_ids)
        before = read_place(asked.request.query_params.get(BEFORE, ""))
        found = await self.reports.jobs.page(wanted, before=before)
        frame = self._frame(asked)
        html = _render(
            "reports.html",
            frame,
            path=REPORTS_PATH,
            area=files_area(user),
            form=form,
            job=uuid4(),
            kinds=PERIOD_KINDS if user.may(Action.REPORTS) else (),
            formats=tuple(FileFormat),
            today=to_moscow(self.access.context.clock.now()).date().isoformat(),
            choice=ShopChoice(visible.visible, form.shop),
            shop_of=partial(_shop_of, choice=visible, language=frame.language),
            jobs=found.lines,
            is_open=any(job.state is JobState.WAITING for job in found.lines),
            pages=page_links(REPORTS_PATH, "", found, before, fragment=LIST_ID),
            done=asked.request.query_params.get("done") == "asked",
            problem=problem,
        )
        return page(html, BAD_REQUEST if problem else 200)

    def _frame(self, asked: AccountRequest) -> WebFrame:
        area = files_area(asked.current.user)
        return account_frame(asked.request, asked.current, area, sandbox=self.access.sandbox)

    def _language(self, asked: AccountRequest) -> str:
        return self._frame(asked).language


def period_of(job: ExportJob, language: str) -> str:
    """The period of a job in words."""
    days: Sequence[date] = [day for day in (job.request.first, job.request.last) if day]
    if not days:
        return report_text("all_orders", language=language)
    return " – ".join(dict.fromkeys(day_text(day, language) for day in days))


def state_of(job: ExportJob, language: str) -> tuple[str, str]:
    """The state of a job in words, and its tone."""
    if job.state is JobState.READY:
        return report_text("state_ready", language=language, rows=job.rows_done), "ok"
    if job.state is JobState.FAILED:
        return report_text("state_failed", language=language), "danger"
    if not job.running:
        return report_text("state_waiting", language=language), "plain"
    text = report_text("state_running", language=language, percent=job.percent, rows=job.rows_done)
    return text, "warn"


def _is_visible(job: ExportJob, visible: ShopChoice) -> bool:
    return {*job.merchant_ids} <= {*visible.merchant_ids}


def _shop_of(job: ExportJob, *, choice: ShopChoice, language: str) -> str:
    """The shop of a job; of several shops, how many; empty for a user who sees one shop."""
    if len(job.merchant_ids) > 1:
        return report_text("some_shops", language=language, count=len(job.merchant_ids))
    names = choice.names(language)
    [name] = [
        names.get(each.login, "") for each in choice.visible if each.merchant_id in job.merchant_ids
    ]
    return name


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _kind(text: str) -> ReportKind | None:
    return ReportKind(text) if text in PERIOD_KINDS else None


def _format(text: str) -> FileFormat | None:
    return FileFormat(text) if text in set(FileFormat) else None


def _kilobytes(size_bytes: int) -> int:
    return max(1, round(size_bytes / 1024))


_render: Final = WebPages(
    Path(__file__).parents[1] / "templates",
    report_text,
    {
        "kind": kind_text,
        "period": period_of,
        "state_of": state_of,
        "problem": problem_text,
        "kilobytes": _kilobytes,
    },
).renderer()
