"""The steps of payment in parts: which one the payer is at, and what each form leads to.

The state is the service's, so a page that is opened again shows the right step. Every step is a
form that works without scripts. Source: bnpl.md §3, §5.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from typing import Final

from starlette.responses import Response

from altyn.domain.instalments import WAY
from altyn.domain.money import RUB, Money
from altyn.domain.phone import readable_phone
from altyn.domain.refusals import Refusal
from altyn.inbound.payment_page import pages, responses
from altyn.inbound.payment_page.bnpl.summary import PartsSummary
from altyn.inbound.payment_page.bnpl.texts import parts_text
from altyn.inbound.payment_page.bnpl.view import (
    PartsPage,
    PartsView,
    plan_rows,
    render_parts,
    wrong_code_text,
)
from altyn.inbound.payment_page.card_form import PageForm
from altyn.inbound.payment_page.offered_ways import Choice
from altyn.inbound.payment_page.page_order import PageOrder
from altyn.inbound.payment_page.pages import PageContext
from altyn.inbound.payment_page.payer import Payer
from altyn.inbound.payment_page.results import PaymentResult
from altyn.operations.decisions import Refused
from altyn.operations.paying.allowed import allows_way
from altyn.operations.paying.bnpl.application import (
    Applied,
    Result,
    agree_to_plan,
    apply_for_parts,
    enter_code,
    find_application,
)
from altyn.operations.paying.bnpl.offer import takes_only_parts
from altyn.operations.paying.possible import possible_ways
from altyn.operations.ports import World
from altyn.protocol.bnpl import Application, ApplicationStep

STEP: Final = "partsStep"
TEST_CODE: Final = "1111"
QUERY: Final = f"&paymentWay={WAY}"
_PAGES: Final = {
    ApplicationStep.CODE: PartsPage.CODE,
    ApplicationStep.PLAN: PartsPage.PLAN,
    ApplicationStep.REFUSED: PartsPage.REFUSED,
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows besides the state of the application."""

    fault: str = ""
    form: PageForm | None = None
    result: PaymentResult | None = None
    other_phone: bool = False


NOTHING: Final = Shown()


def chooses_parts(way: str | None, page_order: PageOrder) -> bool:
    """Whether the payer is at payment in parts: chosen by the address, or the only way there is."""
    order, merchant = page_order.order, page_order.merchant
    wanted = way == WAY or takes_only_parts(order, merchant)
    return wanted and allows_way(WAY, order, merchant)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsPages:
    """Serves the steps for the endpoint of the payment page."""

    world: World

    async def show(
        self, page_order: PageOrder, context: PageContext, payer: Payer, shown: Shown = NOTHING
    ) -> Response:
        """The step that the payer is at."""
        context = replace(context, query=QUERY)
        found = await find_application(page_order.order, payer.actor, self.world)
        return self._page(found, page_order, context, shown)

    async def post(
        self, form: PageForm, page_order: PageOrder, context: PageContext, payer: Payer
    ) -> Response:
        """The answer to the form of a step: the next step, or this one with what is wrong."""
        context = replace(context, query=QUERY)
        act = _ACTS.get(form.get(STEP) or "")
        if act is None or page_order.over or page_order.waiting:
            return responses.redirect(context.own_address(page_order), 303)
        answered = await act(_Posted(form, page_order, payer, self.world, context.language))
        if isinstance(answered, Shown):
            return await self.show(page_order, context, payer, answered)
        found, fault = answered
        if isinstance(found, Refused) and found.refusal not in _SHOWN_REFUSALS:
            return responses.redirect(context.own_address(page_order), 303)
        if isinstance(found, Refused) or fault:
            return self._page(found, page_order, context, Shown(fault))
        return responses.redirect(context.own_address(page_order), 303)

    def _page(
        self, found: Result, page_order: PageOrder, context: PageContext, shown: Shown
    ) -> Response:
        if isinstance(found, Refused):
            silent = found.refusal is Refusal.SYSTEM_ERROR
            page = PartsPage.SILENT if silent else PartsPage.UNAVAILABLE
            return self._step(page, None, page_order, context, shown)
        page_order = replace(page_order, order=found.order)
        if page_order.over:
            address = page_order.return_address(context.base_url, context.language)
            return responses.redirect(address, 303)
        application = found.application
        if application is None or shown.other_phone:
            return self._step(PartsPage.PHONE, application, page_order, context, shown)
        if application.step is ApplicationStep.CARD:
            return self._card(application, page_order, context, shown)
        return self._step(_PAGES[application.step], application, page_order, context, shown)

    def _card(
        self,
        application: Application,
        page_order: PageOrder,
        context: PageContext,
        shown: Shown,
    ) -> Response:
        """The card form of the payment page, for the sum of the first part."""
        first, *later = plan_rows(application.plan, page_order.amount, context.language)
        html = pages.payment_page(
            page_order,
            context,
            self.world.clock,
            choice=Choice(card=True),
            typed_values=shown.form.typed_values if shown.form else None,
            result=shown.result,
            parts=PartsSummary(first.amount, later, self._other_way(page_order, context)),
        )
        return responses.page(html, page_order=page_order)

    def _step(
        self,
        page: PartsPage,
        application: Application | None,
        page_order: PageOrder,
        context: PageContext,
        shown: Shown,
    ) -> Response:
        order, language = page_order.order, context.language
        own = context.own_address(page_order)
        limits = page_order.merchant.settings.bnpl
        view = PartsView(
            **context.frame(page_order, page_order.shop_address(context.base_url, language)),
            page=page,
            order_id=page_order.order_id,
            order_number=order.order_number,
            amount=page_order.amount,
            form_action=own,
            other_way_url=self._other_way(page_order, context),
            other_phone_url=f"{own}&{STEP}=phone",
            phone=_typed_phone(application, page_order, shown),
            fault=shown.fault,
            refusal=pages.refusal_text_of(shown.result, language),
            advice=pages.advice_of(shown.result, page_order, language),
            test_code=TEST_CODE if context.sandbox else "",
            smallest=Money(limits.amount_min_minor, RUB),
            largest=Money(limits.amount_max_minor, RUB),
        )
        if application is not None:
            view = replace(
                view,
                application_id=application.application_id,
                wait_seconds=_seconds_until(application.resend_at, self.world.clock.now()),
                codes_left=application.codes_left,
                rows=plan_rows(application.plan, page_order.amount, language),
            )
        return responses.page(render_parts(view), page_order=page_order)

    def _other_way(self, page_order: PageOrder, context: PageContext) -> str | None:
        """The payment page with its other ways; None where the order can be paid in parts only."""
        order, merchant = page_order.order, page_order.merchant
        possible = possible_ways(order, merchant, self.world.ways, has_stored_card=True)
        tiles = {way.name for way in possible.open_now(merchant)}
        if not possible.by_card and tiles <= {WAY}:
            return None
        return replace(context, query="").own_address(page_order)


# ── The forms ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Posted:
    """One posted form, its order and its payer."""

    form: PageForm
    page_order: PageOrder
    payer: Payer
    world: World
    language: str

    def text(self, key: str, **values: object) -> str:
        return parts_text(key, self.language, **values)

    def value(self, name: str) -> str:
        return (self.form.get(name) or "")[:TYPED_CHARS_MAX]


Answered = tuple[Result, str] | Shown
TYPED_CHARS_MAX: Final = 64


async def _phone(posted: _Posted) -> Answered:
    typed = posted.value("phone")
    found = await apply_for_parts(posted.page_order.order, typed, posted.payer.actor, posted.world)
    if isinstance(found, Refused) and found.parameter == "phone":
        fault = posted.text("parts_phone_wrong")
        return Shown(fault=fault, form=posted.form, other_phone=True)
    return found, ""


async def _code(posted: _Posted) -> Answered:
    if not posted.value("code").strip():  # no try of the code
        return Shown(fault=posted.text("parts_code_missing"))
    found = await enter_code(
        posted.page_order.order,
        posted.value("application"),
        posted.value("code"),
        posted.payer.actor,
        posted.world,
    )
    at_code = isinstance(found, Applied) and _step_of(found) is ApplicationStep.CODE
    if not at_code or isinstance(found, Refused) or found.application is None:
        return found, ""
    if found.application.application_id != posted.value("application"):
        return found, ""  # the code was for another phone, and no try was used
    return found, wrong_code_text(found.application.codes_left, posted.language)


async def _resend(posted: _Posted) -> Answered:
    order, actor, world = posted.page_order.order, posted.payer.actor, posted.world
    before = await find_application(order, actor, world)
    if isinstance(before, Refused) or before.application is None:
        return before, ""
    found = await apply_for_parts(order, before.application.phone, actor, world)
    if isinstance(found, Applied) and found.application == before.application:
        wait = _seconds_until(before.application.resend_at, world.clock.now())
        return found, posted.text("parts_resend_wait", seconds=wait) if wait else ""
    return found, ""


async def _agree(posted: _Posted) -> Answered:
    if not posted.value("consent"):
        return Shown(fault=posted.text("parts_consent_missing"))
    return (
        await agree_to_plan(
            posted.page_order.order,
            posted.value("application"),
            posted.payer.actor,
            posted.world,
        ),
        "",
    )


_ACTS: Final[dict[str, Callable[[_Posted], Awaitable[Answered]]]] = {
    "phone": _phone,
    "code": _code,
    "resend": _resend,
    "agree": _agree,
}
_SHOWN_REFUSALS: Final = frozenset({Refusal.PARAMETER_INVALID, Refusal.SYSTEM_ERROR})


# ── Parts ─────────────────────────────────────────────────────────────────────────────────────────


def _typed_phone(application: Application | None, page_order: PageOrder, shown: Shown) -> str:
    if shown.form is not None:
        return (shown.form.get("phone") or "")[:TYPED_CHARS_MAX]
    if application is not None:
        return readable_phone(application.phone)
    return page_order.order.request.phone or ""


def _step_of(found: Applied) -> ApplicationStep | None:
    return found.application.step if found.application else None


def _seconds_until(moment: datetime, now: datetime) -> int:
    return max(0, ceil((moment - now).total_seconds()))
