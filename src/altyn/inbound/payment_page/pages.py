"""The HTML of each page of an order: the order's values are collected here for the templates.

The endpoint chooses the page. Source: payment-page.md §1, §4, §5, §6.
"""

from dataclasses import dataclass
from math import ceil
from typing import Any, Final

from altyn.domain.instalments import WAY
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.order import Order
from altyn.domain.receipt.contact import asks_contact, contact_of_payer
from altyn.inbound.payment_page import view
from altyn.inbound.payment_page.addresses import Kind, PageName, page_address, relative_address
from altyn.inbound.payment_page.bnpl.summary import PartsSummary
from altyn.inbound.payment_page.cart_view import cart_view
from altyn.inbound.payment_page.offered_ways import Choice
from altyn.inbound.payment_page.page_order import PageOrder
from altyn.inbound.payment_page.results import (
    FieldsWrong,
    PaymentRefused,
    PaymentResult,
    StepTaken,
)
from altyn.inbound.payment_page.sandbox_cards import test_card_groups
from altyn.inbound.payment_page.stored_cards.terms import terms_text
from altyn.inbound.payment_page.stored_cards.view import StoredCards
from altyn.inbound.payment_page.texts import text
from altyn.inbound.payment_page.view import Problem, Result, TypedValues
from altyn.look import LANGUAGES
from altyn.operations.order_params import params_of_shop
from altyn.operations.paying.card.steps import GoToAcs, RunMethod, ShowChallenge
from altyn.operations.paying.steps import Ended
from altyn.operations.ports import Clock
from altyn.protocol.dialects.classic.payment_steps import absolute
from altyn.protocol.dialects.classic.return_links import requested_language
from altyn.protocol.threeds_version2 import CReq, MethodData, pack, pack_session_data

NO_STORED_CARDS: Final = StoredCards()
HELD: Final = frozenset({OrderStatus.APPROVED})


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContext:
    """The page that was requested: its name, the language it is shown in, the gateway's address.

    `query` is what the page's own addresses have besides the order: the way that was chosen.
    """

    name: PageName
    language: str
    base_url: str
    sandbox: bool
    query: str = ""

    def frame(self, page_order: PageOrder, back_url: str | None = None) -> dict[str, Any]:
        """The values of the frame that every page of an order has."""
        params = params_of_shop(page_order.order)
        order_id = page_order.order.order_id
        return {
            "language": self.language,
            "page_view": self.name.page_view,
            "merchant_login": page_order.merchant.login,
            "shop_name": page_order.merchant.name_in(self.language),
            "back_url": params.get("backToShopUrl") or back_url,
            "back_name": params.get("backToShopName", "") if "backToShopUrl" in params else "",
            "languages": {
                code: f"{relative_address(order_id, self.name, code)}{self.query}"
                for code in LANGUAGES
            },
            "sandbox": self.sandbox,
        }

    def own_address(self, page_order: PageOrder) -> str:
        """The page's own address, relative to itself."""
        own = relative_address(page_order.order.order_id, self.name, self.name.language)
        return f"{own}{self.query}"


def payment_page(
    page_order: PageOrder,
    context: PageContext,
    clock: Clock,
    *,
    choice: Choice,
    typed_values: TypedValues | None = None,
    result: PaymentResult | None = None,
    parts: PartsSummary | None = None,
    stored: StoredCards = NO_STORED_CARDS,
) -> str:
    """The card form. `result` is the failed payment of a browser without scripts.

    With `parts` the card pays the first part of the order's amount. `stored` are the cards that
    may pay instead of a typed one.
    """
    order, now, language = page_order.order, clock.now(), context.language
    field_errors = field_errors_of(result, language)
    refusal_text = refusal_text_of(result, language)
    decline_text = "" if field_errors or refusal_text else page_order.decline_text(language)
    settings = page_order.merchant.settings
    shows_test_cards = context.sandbox and not stored.only
    return view.render_payment_page(
        view.PaymentPageView(
            **context.frame(page_order, page_order.shop_address(context.base_url, language)),
            logo=settings.page_logo,
            order_number=order.order_number,
            order_id=page_order.order_id,
            amount=page_order.amount,
            now=now,
            form_action=context.own_address(page_order),
            remaining_seconds=remaining_seconds(order, clock),
            expires_at=order.expires_at,
            description=order.request.description or "",
            cart=cart_view(order, page_order.amount.currency, language),
            asks_contact=asks_contact(order, page_order.merchant),
            attempts_left=order.attempts_left,
            attempts_max=order.attempts_max,
            ways=choice.tiles,
            takes_card=choice.card,
            cvc_required=page_order.cvc_required,
            holder=settings.page_holder,
            test_cards=test_card_groups(page_order, now, language) if shows_test_cards else (),
            field_errors=field_errors,
            decline_text=refusal_text or decline_text,
            advice=advice_of(result, page_order, language) if refusal_text or decline_text else "",
            cancelled=page_order.cancelled and not refusal_text,
            declined_card=page_order.last_was_by_card and not stored.chosen,
            typed_values=typed_values or TypedValues(contact=typed_contact(order)),
            parts=parts,
            stored=stored,
            terms=terms_text(page_order, language),
        )
    )


def errors_page(page_order: PageOrder, context: PageContext, *, absence: str = "") -> str:
    """Why an order cannot be paid, and what the payer can do. `absence`: it has no way to pay."""
    order, language = page_order.order, context.language
    problem = Problem.NO_WAY if absence else problem_of(page_order)
    payment = PageName(context.name.page_view, Kind.PAYMENT, context.name.language)
    blocked = page_order.merchant.blocked or bool(absence)
    retry = order.payable and order.attempts_left and not blocked
    retry_url = relative_address(order.order_id, payment, payment.language) if retry else None
    reason = "" if problem is Problem.EXPIRED else page_order.decline_text(language)
    return view.render_errors_page(
        view.ErrorsPageView(
            **context.frame(page_order, page_order.shop_address(context.base_url, language)),
            problem=problem,
            means=absence,
            order_number=order.order_number,
            amount=page_order.amount,
            reason=reason,
            advice=page_order.next_step_text(language) if retry_url else "",
            retry_url=retry_url,
        )
    )


def page_without_order(
    language: str, *, sandbox: bool, problem: Problem = Problem.NOT_FOUND
) -> str:
    """The page without an order: it was not found, or it could not be looked up."""
    return view.render_errors_page(
        view.ErrorsPageView(language=language, sandbox=sandbox, problem=problem)
    )


def finish_page(page_order: PageOrder, context: PageContext) -> str:
    """The result of an order, for a shop that has no page of its own for it."""
    order, language = page_order.order, context.language
    attempts = order.payments
    card = attempts[-1].card if attempts else None
    frame = context.frame(page_order, page_order.shop_address(context.base_url, language))
    # finish.html has its language as a parameter, not in its name.
    frame["languages"] = {
        code: f"finish.html?orderId={page_order.order_id}&lang={code}" for code in LANGUAGES
    }
    return view.render_finish_page(
        view.FinishPageView(
            **frame,
            result=end_result(page_order),
            order_number=order.order_number,
            amount=page_order.amount,
            moment=order.approved_at,
            card=card.masked_pan if card else "",
            reason=reason_of_end(page_order, language),
        )
    )


def reason_of_end(page_order: PageOrder, language: str) -> str:
    """Why an order was not paid; empty for a paid one."""
    if page_order.paid:
        return ""
    expired = text("error_expired", language) if page_order.expired else ""
    return page_order.decline_text(language) or expired


def step_page(taken: StepTaken, context: PageContext) -> str | None:
    """The page of a 3-D Secure step for a browser without scripts; None after a decline."""
    page_order = taken.page_order
    # A change of language in the middle of a step would begin the payment again.
    frame = {**context.frame(page_order), "amount": page_order.amount, "languages": {}}
    match taken.step:
        case GoToAcs(_, acs_url, pa_req, term_url):
            fields = {"PaReq": pa_req, "MD": page_order.order_id, "TermUrl": term_url}
            return _redirect_page(acs_url, fields, context, frame)
        case ShowChallenge(_, acs_url, server_trans_id, acs_trans_id):
            creq = CReq(threeds_server_trans_id=server_trans_id, acs_trans_id=acs_trans_id)
            session = pack_session_data(page_order.order_id)
            fields = {"creq": pack(creq), "threeDSSessionData": session}
            return _redirect_page(acs_url, fields, context, frame)
        case RunMethod():
            return _method_page(taken.step, page_order, context, frame)
        case Ended():
            return None


def _redirect_page(
    acs_url: str, fields: dict[str, str], context: PageContext, frame: dict[str, Any]
) -> str:
    action = absolute(acs_url, context.base_url)
    return view.render_three_ds_redirect(
        view.RedirectPageView(**frame, action=action, fields=fields)
    )


def _method_page(
    step: RunMethod, page_order: PageOrder, context: PageContext, frame: dict[str, Any]
) -> str:
    notification_url = step.notification_url or (
        f"{context.base_url}/payment/rest/finish3dsMethodNotification.do"
    )
    data = MethodData(
        threeds_server_trans_id=step.server_trans_id, notification_url=notification_url
    )
    return view.render_three_ds_method(
        view.MethodPageView(
            **frame,
            method_url=absolute(step.method_url, context.base_url),
            method_data=pack(data),
            continue_url=context.own_address(page_order),
            fields={
                "MDORDER": page_order.order_id,
                "threeDSServerTransId": step.server_trans_id,
            },
        )
    )


def remaining_seconds(order: Order, clock: Clock) -> int:
    """Seconds until the session ends, rounded up: an order that may be paid never shows 0."""
    left = (order.expires_at - clock.now()).total_seconds()
    return max(0, ceil(left)) if order.payable else 0


def next_address(
    page_order: PageOrder,
    base_url: str,
    language: str,
    page_view: str | None = None,
    *,
    in_parts: bool = False,
) -> str:
    """Where the payer of an order goes now: back to the shop, or to the payment page.

    The payment page shows a decline while attempts are left, and waits for the bank. `in_parts`:
    the payer has chosen payment in parts; so has one whose first part was declined.
    """
    if page_order.over:
        return page_order.return_address(base_url, language)
    order = page_order.order
    language = requested_language(order, page_order.merchant, language)
    name = PageName(page_view or order.request.page_view or "DESKTOP", Kind.PAYMENT, language)
    address = page_address(base_url, page_order.merchant.login, order.order_id, name)
    in_parts = in_parts or (bool(order.payments) and order.payments[-1].payment_way == WAY)
    return f"{address}&paymentWay={WAY}" if in_parts else address


def typed_contact(order: Order) -> str:
    """What the payer of an earlier attempt has typed; the shop's own contact is not shown."""
    contact = contact_of_payer(order)
    return contact.email or contact.phone or ""


def field_errors_of(result: PaymentResult | None, language: str) -> dict[str, str]:
    """What the payer has to correct in the form that was just posted, by wire name."""
    if not isinstance(result, FieldsWrong):
        return {}
    return {fault.name: fault.text(language) for fault in result.faults}


def refusal_text_of(result: PaymentResult | None, language: str) -> str:
    """Why the form that was just posted is refused; empty when it is not refused."""
    return result.text(language) if isinstance(result, PaymentRefused) else ""


def advice_of(result: PaymentResult | None, page_order: PageOrder, language: str) -> str:
    """What the payer can do after a refusal of the form that was just posted, or a decline."""
    if isinstance(result, PaymentRefused):
        return result.advice(language)
    return page_order.next_step_text(language)


def problem_of(page_order: PageOrder) -> Problem:
    """Why an order cannot be paid."""
    if page_order.expired:
        return Problem.EXPIRED
    if page_order.merchant.blocked:
        return Problem.UNAVAILABLE
    return Problem.DECLINED if page_order.order.attempts_left else Problem.ATTEMPTS


def end_result(page_order: PageOrder) -> Result:
    """How the payment of an order ended."""
    if not page_order.paid:
        return Result.FAILED
    return Result.HELD if page_order.order.status in HELD else Result.PAID
