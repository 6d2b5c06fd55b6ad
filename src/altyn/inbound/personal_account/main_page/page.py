"""The main page: turnover, orders, conversion, average bill, ways to pay, refusals.

Source: personal-account.md §8 (dashboard).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response
from starlette.routing import BaseRoute

from altyn.domain.account.roles import Action
from altyn.domain.money import NO_BREAK_SPACE, THIN_SPACE, Currency, Money, canonical_currency
from altyn.domain.moscow import to_moscow
from altyn.inbound.personal_account.access import AccountAccess, AccountRequest
from altyn.inbound.personal_account.main_page.texts import main_text, way_text
from altyn.inbound.personal_account.pages import BASE, PROFILE_PATH, account_frame
from altyn.inbound.personal_account.shops import VisibleShops
from altyn.inbound.web.frame import WebPages
from altyn.inbound.web.refusal_words import refusal_text
from altyn.inbound.web.responses import page, see_other
from altyn.look import clock_text, day_month_text, day_text
from altyn.operations.dashboard import (
    PRESETS,
    Attempts,
    Dashboard,
    DashboardReader,
    Period,
    last_days,
)

DAYS_SHOWN: Final = 7
REASONS_SHOWN: Final = 8
READERS_MAX: Final = 1
"""So many dashboards are read at once, so that they leave the database to the payments."""

ROUBLE: Final = "643"


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One row of a table of shares; `share` is 0 to 1."""

    label: str
    count: int
    share: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class MainPage:
    """The page of the shop's key figures."""

    access: AccountAccess
    figures: DashboardReader
    shops: VisibleShops
    reading: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(READERS_MAX))

    def routes(self) -> list[BaseRoute]:
        """The address of the page, also with a slash at its end."""
        return [self.access.page("GET", path, self.show, needs=None) for path in (BASE, f"{BASE}/")]

    async def show(self, asked: AccountRequest) -> Response:
        """The figures of a period; a user who may not see orders goes to the own profile."""
        if not asked.current.user.may(Action.ORDERS):
            return see_other(PROFILE_PATH)
        days = _days_of(asked.request.query_params.get("days", ""))
        now = self.access.context.clock.now()
        period = last_days(days, now)
        choice = await self.shops.asked(asked)
        async with self.reading:
            shown = await self.figures.read(choice.merchant_ids, period)
        frame = account_frame(asked.request, asked.current, "main", sandbox=self.access.sandbox)
        currency = _currency_of(asked.request.query_params.get("currency", ""), shown)
        html = _render(
            "main.html",
            frame,
            path=BASE,
            choice=choice,
            kept=urlencode(choice.parameters),
            presets=PRESETS,
            days=days,
            period=period_text(period, frame.language),
            currency=currency,
            currencies=[_currency(code) for code in shown.currencies],
            total=shown.total(currency.code),
            part="hour" if period.is_one_day else "day",
            parts=[each for each in reversed(shown.each_part(currency.code)) if each[0] <= now],
            ways=way_rows(shown.attempts, frame.language),
            refusals=refusal_rows(shown.attempts, frame.language),
        )
        return page(html)


def period_text(period: Period, language: str) -> str:
    """A period as a part of a sentence."""
    first, last = day_text(period.first, language), day_text(period.last, language)
    if period.first == period.last:
        return main_text("one_day", language=language, day=first)
    return main_text("some_days", language=language, first=first, last=last)


def way_rows(attempts: Attempts, language: str) -> Sequence[ShareRow]:
    """The ways to pay by their share of the approved payments."""
    total = sum(each.payments for each in attempts.ways)
    return [
        ShareRow(way_text(each.way, language), each.payments, each.payments / total)
        for each in attempts.ways
    ]


def refusal_rows(attempts: Attempts, language: str) -> Sequence[ShareRow]:
    """The reasons of refusals by their share; rare ones are one row."""
    refusals = attempts.refusals
    total = sum(each.attempts for each in refusals)
    rows = [
        ShareRow(
            refusal_text(each.action_code, language),
            each.attempts,
            each.attempts / total,
            main_text("code", language=language, code=each.action_code),
        )
        for each in refusals[:REASONS_SHOWN]
    ]
    rest = sum(each.attempts for each in refusals[REASONS_SHOWN:])
    if rest:
        rows.append(ShareRow(main_text("other_refusals", language=language), rest, rest / total))
    return rows


def percent_text(share: float | None, language: str = "ru") -> str:
    """A share as a percentage with one decimal: "63,4 %"; a dash for none."""
    if share is None:
        return "—"
    number = f"{share * 100:.1f}"
    return f"{number}%" if language == "en" else f"{number.replace('.', ',')}{NO_BREAK_SPACE}%"


def count_text(count: int) -> str:
    """A number with thin spaces between thousands."""
    return f"{count:,}".replace(",", THIN_SPACE)


def _days_of(sent: str) -> int:
    return int(sent) if sent in {str(each) for each in PRESETS} else DAYS_SHOWN


def _currency(code: str) -> Currency:
    return canonical_currency(code) or Currency(code, code, 2, code)


def _currency_of(sent: str, shown: Dashboard) -> Currency:
    """The currency that is asked for, or the one with most orders."""
    known = shown.currencies
    return _currency(sent if sent in known else known[0] if known else ROUBLE)


def _money(amount_minor: int | None, currency: Currency, language: str) -> str:
    return "—" if amount_minor is None else Money(amount_minor, currency).human(language)


def _major(amount_minor: int, currency: Currency) -> str:
    """The amount for a script: a number in whole units."""
    return Money(amount_minor, currency).text()


def _part_text(start: datetime, part: str, language: str) -> str:
    """A part of a period: "27 ноября", "14:00"."""
    return clock_text(start) if part == "hour" else day_month_text(start, language)


def _part_name(start: datetime, part: str) -> str:
    """A part for a script, on a Moscow clock: "2026-11-27", "2026-11-27T14:00"."""
    return f"{to_moscow(start):{'%Y-%m-%dT%H:%M' if part == 'hour' else '%Y-%m-%d'}}"


def _bar(share: float) -> str:
    """The length of a bar as a percentage for SVG."""
    return f"{share * 100:.2f}%"


_render: Final = WebPages(
    Path(__file__).parents[1] / "templates",
    main_text,
    {
        "money": _money,
        "major": _major,
        "percent": percent_text,
        "count": count_text,
        "part_text": _part_text,
        "part_name": _part_name,
        "bar": _bar,
    },
).renderer()
