"""The values that the steps of payment in parts show, and the functions that make HTML of them.

Source: bnpl.md §4, §5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from altyn.domain.instalments import Plan
from altyn.domain.money import Money
from altyn.inbound.payment_page.bnpl.summary import PlanRow
from altyn.inbound.payment_page.bnpl.texts import parts_text
from altyn.inbound.payment_page.frame import PageFrame, render_page
from altyn.inbound.payment_page.texts import known_language
from altyn.look import day_text, plural


class PartsPage(StrEnum):
    """The pages of payment in parts, by the names of their templates."""

    PHONE = "phone"
    CODE = "code"
    PLAN = "plan"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsView(PageFrame):
    """One step before the card form.

    `form_action` is the page itself; the forms post to it. `other_way_url` leads to the other
    ways to pay, `other_phone_url` to the phone step. `fault` is the text of what the payer has
    to correct. `refusal` says why another form that was posted cannot pay, `advice` what to do.
    `wait_seconds`: until another code can be sent. `codes_left`: how many codes can be typed
    before a new one is needed. `test_code` is the code of the sandbox.
    """

    page: PartsPage
    order_id: str
    order_number: str
    amount: Money
    form_action: str
    other_way_url: str | None = None
    other_phone_url: str = ""
    application_id: str = ""
    phone: str = ""
    fault: str = ""
    refusal: str = ""
    advice: str = ""
    wait_seconds: int = 0
    codes_left: int = 0
    test_code: str = ""
    rows: Sequence[PlanRow] = ()
    smallest: Money | None = None
    largest: Money | None = None


def render_parts(view: PartsView) -> str:
    """The page of a step."""
    return render_page(f"bnpl/{view.page}.html", view, find_text=parts_text)


def plan_rows(plan: Plan, amount: Money, language: str) -> tuple[PlanRow, ...]:
    """The parts of a plan in the currency of the order's amount."""
    return tuple(
        PlanRow(_day(part.due_on, language), Money(part.amount_minor, amount.currency))
        for part in plan.parts
    )


def wrong_code_text(codes_left: int, language: str) -> str:
    """What a wrong code leads to."""
    if not codes_left:
        return parts_text("parts_code_over", language)
    form = plural(codes_left, known_language(language))
    return parts_text(f"parts_code_wrong_{form}", language, count=codes_left)


def _day(day: date, language: str) -> str:
    return day_text(day, known_language(language))
