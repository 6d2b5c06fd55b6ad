"""The page of the list of orders: filters as a sentence, saved filters, columns, paging, files.

Source: personal-account.md §3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final
from urllib.parse import urlencode
from uuid import uuid4

from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute

from altyn.domain.account.audit import AuditAction
from altyn.domain.account.roles import Action
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.merchant import Merchant
from altyn.domain.money import Currency, canonical_currency
from altyn.domain.receipt.values import ReceiptState
from altyn.inbound.http.forms import parse_form
from altyn.inbound.personal_account.access import AccountRequest
from altyn.inbound.personal_account.orders.columns import (
    AMOUNTS,
    COLUMNS,
    NUMBER,
    chosen_columns,
    file_columns,
    row_of,
)
from altyn.inbound.personal_account.orders.csv_file import ROWS_MAX, csv_lines
from altyn.inbound.personal_account.orders.filters import (
    EVER,
    FIELDS,
    PERIODS,
    STATUS,
    AskedFilter,
    read_filter,
)
from altyn.inbound.personal_account.orders.issuer_filter import issuer_choices
from altyn.inbound.personal_account.orders.pages import VisibleOrders, orders_frame, render
from altyn.inbound.personal_account.orders.sentence import sentence_of
from altyn.inbound.personal_account.orders.shown_fields import (
    FIELD_GROUPS,
    chosen_groups,
    shown_groups,
)
from altyn.inbound.personal_account.orders.texts import (
    DATE_NAMES,
    RECEIPT_NAMES,
    WAY_NAMES,
    orders_text,
)
from altyn.inbound.personal_account.pages import ORDERS_PATH, REPORTS_PATH, files_area
from altyn.inbound.personal_account.reports.job_field import job_of
from altyn.inbound.personal_account.reports.texts import refusal_text
from altyn.inbound.personal_account.texts import account_text
from altyn.inbound.web.frame import WebFrame
from altyn.inbound.web.order_story.words import STATUS_WORDS
from altyn.inbound.web.paging import BEFORE, page_links, read_place
from altyn.inbound.web.responses import HEADERS, page, see_other
from altyn.operations.account.kept_lists import (
    FILTERS_MAX,
    NAME_CHARS_MAX,
    KeptLists,
    KeptListStore,
)
from altyn.operations.order_history import OrderLine
from altyn.operations.order_list import OrderDate, OrderLists
from altyn.operations.paging import ListPage
from altyn.operations.reports.jobs import (
    FileFormat,
    ReportAlreadyAskedError,
    ReportKind,
    ReportRefusedError,
    ReportRequest,
    Reports,
)

NEWEST_PATH: Final = f"{ORDERS_PATH}/newest"
CSV_PATH: Final = f"{ORDERS_PATH}.csv"
EXPORT_PATH: Final = f"{ORDERS_PATH}/export"
FILTERS_PATH: Final = f"{ORDERS_PATH}/filters"
REMOVE_PATH: Final = f"{FILTERS_PATH}/remove"
COLUMNS_PATH: Final = f"{ORDERS_PATH}/columns"
FIELDS_PATH: Final = f"{ORDERS_PATH}/fields"
CSV_NAME: Final = "orders.csv"
COLUMN: Final = "column"
FIELD: Final = "field"
BAD_REQUEST: Final = 400
FOUND: Final[ListPage[OrderLine]] = ListPage(())


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a request for the list is about: its filter, its columns, what the user keeps."""

    filter: AskedFilter
    shops: Sequence[Merchant]
    columns: Sequence[str]
    kept: KeptLists

    @property
    def names(self) -> str:
        """The names of the filters for the audit log, without what was typed, and the shops."""
        ids = self.filter.wanted.merchant_ids
        shops = ", ".join(each.login for each in self.shops if each.merchant_id in ids)
        names = [*self.filter.texts, *([STATUS] if self.filter.statuses else [])]
        return f"{shops}; {', '.join(names)}" if names else shops

    @property
    def query(self) -> str:
        """The filter and the columns as the query of an address, without the place."""
        columns = urlencode([(COLUMN, each) for each in self.columns])
        return "&".join(filter(None, (self.filter.query(), columns)))


@dataclass(frozen=True, slots=True)
class OrderListPage:
    """The list, its file, and what a user keeps for it."""

    visible: VisibleOrders
    lists: OrderLists
    kept: KeptListStore
    reports: Reports

    def routes(self) -> list[BaseRoute]:
        """The addresses of the list."""
        open_page = self.visible.access.page
        return [
            open_page("GET", ORDERS_PATH, self.show, needs=Action.ORDERS),
            open_page("GET", NEWEST_PATH, self.show, needs=Action.ORDERS, by_hand=False),
            open_page("GET", CSV_PATH, self.download, needs=Action.EXPORT),
            open_page("POST", EXPORT_PATH, self.build, needs=Action.EXPORT),
            open_page("POST", FILTERS_PATH, self.keep_filter, needs=Action.ORDERS),
            open_page("POST", REMOVE_PATH, self.remove_filter, needs=Action.ORDERS),
            open_page("POST", COLUMNS_PATH, self.keep_columns, needs=Action.ORDERS),
            open_page("POST", FIELDS_PATH, self.keep_fields, needs=Action.ORDERS),
        ]

    async def show(self, asked: AccountRequest) -> Response:
        """One part of the list. A filter that cannot be read gives no list."""
        return await self._show(asked)

    async def download(self, asked: AccountRequest) -> Response:
        """The list as CSV; the page, with the faults, where the filter cannot be read."""
        wanted = await self._asked(asked)
        if wanted.filter.faults:
            return await self._show(asked)
        language = orders_frame(asked, self.visible.access).language
        orders = wanted.filter.wanted
        several = len(orders.merchant_ids) > 1
        columns = file_columns(wanted.columns, of_several_shops=several)
        access = self.visible.access
        await access.record(asked, AuditAction.ORDERS_DOWNLOADED, CSV_NAME, wanted.names)
        lines = csv_lines(self.lists, orders, columns, language)
        headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{CSV_NAME}"'}
        return StreamingResponse(lines, headers=headers, media_type="text/csv;charset=utf-8")

    async def build(self, asked: AccountRequest) -> Response:
        """Have the list built in the background; it appears among the reports."""
        wanted, kind = await self._asked(asked), asked.form.get("format", FileFormat.XLSX)
        if wanted.filter.faults:
            return await self._show(asked)
        language = orders_frame(asked, self.visible.access).language
        if kind not in set(FileFormat):
            return await self._show(asked, problem="format_unknown")
        request = ReportRequest(
            kind=ReportKind.ORDERS,
            format=FileFormat(kind),
            language=language,
            orders=wanted.filter.wanted,
        )
        try:
            job = await self.reports.request(request, asked.current.actor, job_id=job_of(asked))
        except ReportAlreadyAskedError:
            return see_other(f"{REPORTS_PATH}?done=asked")
        except ReportRefusedError as error:
            return await self._show(asked, reason=refusal_text(error.refusal, language))
        access = self.visible.access
        await access.record(asked, AuditAction.REPORT_REQUESTED, job.file_name, wanted.names)
        return see_other(f"{REPORTS_PATH}?done=asked")

    async def keep_filter(self, asked: AccountRequest) -> Response:
        """Save the filter of the page under a name; one that cannot be read is not saved."""
        form = asked.form
        name, user = " ".join(form.get("name", "").split()), asked.current.user
        wanted = (await self._asked(asked)).filter
        if wanted.faults:
            return await self._show(asked)
        query = wanted.query()
        if not 0 < len(name) <= NAME_CHARS_MAX:
            return await self._show(asked, problem="filter_nameless", count=NAME_CHARS_MAX)
        if not await self.kept.keep_filter(user, name, query):
            return await self._show(asked, problem="filters_full", count=FILTERS_MAX)
        return see_other(f"{ORDERS_PATH}?{query}&{urlencode({'kept': name})}")

    async def remove_filter(self, asked: AccountRequest) -> Response:
        """Remove a saved filter."""
        await self.kept.remove_filter(asked.current.user, asked.form.get("name", ""))
        return see_other(f"{ORDERS_PATH}?done=filter_removed")

    async def keep_columns(self, asked: AccountRequest) -> Response:
        """Keep the columns for this user."""
        columns = chosen_columns(asked.all_of(COLUMN), ())
        await self.kept.keep_columns(asked.current.user, columns)
        return see_other(f"{ORDERS_PATH}?{await self._query(asked)}&done=columns_kept")

    async def keep_fields(self, asked: AccountRequest) -> Response:
        """Keep the fields of the filter for this user."""
        fields = chosen_groups(asked.all_of(FIELD))
        if not fields:
            return await self._show(asked, problem="fields_none")
        await self.kept.keep_fields(asked.current.user, fields)
        return see_other(f"{ORDERS_PATH}?{await self._query(asked)}&done=fields_kept")

    async def _query(self, asked: AccountRequest) -> str:
        """The filter of a form as the query of an address."""
        shops = await self.visible.shops(asked)
        now = self.visible.access.context.clock.now()
        return read_filter(asked.pairs, shops, now).query()

    async def _asked(self, asked: AccountRequest) -> _Asked:
        sent = asked.pairs or asked.request.query_params.multi_items()
        shops = await self.visible.shops(asked)
        kept = await self.kept.of(asked.current.user)
        now = self.visible.access.context.clock.now()
        columns = chosen_columns([value for name, value in sent if name == COLUMN], kept.columns)
        return _Asked(read_filter(sent, shops, now), shops, columns, kept)

    async def _show(
        self, asked: AccountRequest, *, problem: str = "", count: int = 0, reason: str = ""
    ) -> Response:
        wanted, sent = await self._asked(asked), asked.request.query_params
        before = read_place(sent.get(BEFORE, ""))
        found = FOUND
        if not wanted.filter.faults:
            found = await self.lists.page(wanted.filter.wanted, before=before)
        frame = orders_frame(asked, self.visible.access)
        html = render(
            "orders.html",
            frame,
            **_values(wanted, frame),
            rows=[row_of(line, frame.language) for line in found.lines],
            pages=page_links(ORDERS_PATH, wanted.query, found, before),
            files_menu=account_text(
                f"menu_{files_area(asked.current.user)}", language=frame.language
            ),
            may_export=asked.current.user.may(Action.EXPORT),
            problem=reason
            or (orders_text(problem, language=frame.language, count=count) if problem else ""),
            job=uuid4(),
            filter_pairs=parse_form(wanted.filter.query().encode()),
            kept_name=sent.get("kept", "") if sent.get("kept") in wanted.kept.filters else "",
            done=sent.get("done", ""),
        )
        refused = bool(problem or reason or wanted.filter.faults)
        return page(html, BAD_REQUEST if refused else 200)


def _currencies(wanted: _Asked) -> set[str]:
    """The currencies of the shops that are listed."""
    listed = wanted.filter.wanted.merchant_ids
    shops = [each for each in wanted.shops if each.merchant_id in listed]
    return {currency for each in shops for currency in each.settings.currencies}


def _offered_currencies(wanted: _Asked) -> Sequence[Currency]:
    """The currencies to choose from: those of the user's shops, and the chosen one, by letters."""
    codes = {code for each in wanted.shops for code in each.settings.currencies}
    known = map(canonical_currency, {*codes, wanted.filter.wanted.currency})
    return sorted({each for each in known if each is not None}, key=attrgetter("alpha"))


def _values(wanted: _Asked, frame: WebFrame) -> dict[str, object]:
    """What the forms of the page show."""
    language, asked = frame.language, wanted.filter
    texts = {name: asked.texts.get(name, "") for name in FIELDS}
    return {
        "asked": asked,
        "texts": texts,
        "query": wanted.query,
        "filter_query": asked.query(),
        "ever": f"{ORDERS_PATH}?{asked.query(period=EVER, since='', until='')}",
        "sentence": sentence_of(asked, _currencies(wanted), language),
        "periods": {
            name: f"{ORDERS_PATH}?{asked.query(period=name, since='', until='')}"
            for name in PERIODS
        },
        "choices": _choices(wanted, language),
        "statuses": [
            (str(each), STATUS_WORDS[each][0].text(language), each in asked.statuses)
            for each in OrderStatus
        ],
        "shown": shown_groups(wanted.kept.fields, asked),
        "field_groups": [each for each in FIELD_GROUPS if each != "shop" or len(wanted.shops) > 1],
        "columns": wanted.columns,
        "all_columns": [each for each in COLUMNS if each != "shop" or len(wanted.shops) > 1],
        "always": NUMBER,
        "amounts": AMOUNTS,
        "filters": wanted.kept.filters,
        "path": ORDERS_PATH,
        "rows_max": ROWS_MAX,
    }


def _choices(wanted: _Asked, language: str) -> dict[str, list[tuple[str, str]]]:
    """The values of the filters that are chosen from a list, with their names."""
    choices = {
        "bank": issuer_choices(language),
        "kind": [(str(each), DATE_NAMES[each].text(language)) for each in OrderDate],
        "way": [(str(each), words.text(language)) for each, words in WAY_NAMES.items()],
        "receipt": [(str(each), RECEIPT_NAMES[each].text(language)) for each in ReceiptState],
    }
    if len(currencies := _offered_currencies(wanted)) > 1:
        choices["currency"] = [(each.code, each.alpha) for each in currencies]
    if len(wanted.shops) > 1:
        choices["shop"] = [(each.login, each.name or each.login) for each in wanted.shops]
    return choices
