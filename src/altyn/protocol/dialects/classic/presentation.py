"""How the methods of this dialect show the results of operations.

Source: rest-orders.md §2.2, §4, §5 (responses); sberpay.md §4.
"""

from typing import Final

from altyn.operations.paying.card.steps import CardEnrolment, CardStep
from altyn.operations.paying.steps import Ended
from altyn.operations.results import (
    AppInvoice,
    Done,
    OrderFound,
    OrdersFound,
    Registered,
)
from altyn.protocol.dialects.classic.envelopes import PLAIN
from altyn.protocol.dialects.classic.error_codes import SUCCESS
from altyn.protocol.dialects.classic.order_view import extended_status, short_status
from altyn.protocol.dialects.classic.payment_steps import Redirects, present_step
from altyn.protocol.dialects.classic.return_links import page_link, payment_link
from altyn.protocol.issuers import issuer_of
from altyn.protocol.presentation import AnswerContext, Members, Present, presents


def _registered(result: Registered, context: AnswerContext) -> Members:
    form_url = payment_link(context.base_url, context.merchant.login, result.order)
    members = {"orderId": str(result.order.order_id), "formUrl": form_url}
    if result.invoice is None:
        return members
    return {**members, "externalParams": _external_params(result.invoice)}


def _external_params(invoice: AppInvoice) -> Members:
    """The members of externalParams: every value is a text (sberpay.md §4)."""
    inactive = None if invoice.inactive is None else str(invoice.inactive).lower()
    members = {
        "sbolBankInvoiceId": invoice.invoice_id,
        "sbolDeepLink": invoice.deep_link,
        "sbolInactive": inactive,
    }
    return {name: value for name, value in members.items() if value is not None}


def _done(_result: Done, _context: AnswerContext) -> Members:
    return {}


def _short_status(found: OrderFound, context: AnswerContext) -> Members:
    return short_status(found.order, found.merchant, context.language)


def _extended_status(found: OrderFound, context: AnswerContext) -> Members:
    return extended_status(found.order, found.merchant, context.language)


def _last_orders(found: OrdersFound, context: AnswerContext) -> Members:
    language = context.language
    return {
        "orderStatuses": [
            PLAIN.success(_extended_status(each, context), language) for each in found.orders
        ],
        "totalCount": found.total,
        "page": found.page,
        "pageSize": found.page_size,
    }


def _enrolment(enrolment: CardEnrolment, _context: AnswerContext) -> Members:
    enrolled = enrolment.ve_res.value if enrolment.ve_res else "U"
    members = {"enrolled": enrolled, "isEnrolled": enrolled}
    if issuer := issuer_of(enrolment.masked_pan):
        members |= {"emitterName": issuer.name, "emitterCountryCode": issuer.country_code}
    return members


def _card_payment(step: object, context: AnswerContext) -> Members:
    return _step(step, context, redirects=Redirects.AT_THE_END)


def _other_way(step: object, context: AnswerContext) -> Members:
    """A payment without a card: its payer goes on at `redirect`, at the shop when it is over."""
    members = _card_payment(step, context)
    assert isinstance(step, Ended)
    if members.pop("waiting", False):
        members["redirect"] = page_link(context.base_url, context.merchant.login, step.order)
    return members


def _finished_payment(step: object, context: AnswerContext) -> Members:
    """The step that a finish led to: always with its text, and with an address for the payer."""
    members = _step(step, context, redirects=Redirects.ALWAYS)
    return {"errorMessage": SUCCESS.text(context.language), **members}


def _step(step: object, context: AnswerContext, *, redirects: Redirects) -> Members:
    assert isinstance(step, CardStep)
    return present_step(
        step,
        context.merchant,
        redirects=redirects,
        language=context.language,
        base_url=context.base_url,
    )


def _finished_version_2(step: object, context: AnswerContext) -> Members:
    return {**_finished_payment(step, context), "is3DSVer2": True}


def _finished_method(step: object, context: AnswerContext) -> Members:
    """As a finished payment; a challenge also has the member of the newer dialect."""
    members = _finished_payment(step, context)
    packed = members.get("packedCReq")
    return {**members, "cReq": packed} if packed else members


REGISTERED: Final = presents(Registered, _registered)
DONE: Final = presents(Done, _done)
SHORT_STATUS: Final = presents(OrderFound, _short_status)
EXTENDED_STATUS: Final = presents(OrderFound, _extended_status)
LAST_ORDERS: Final = presents(OrdersFound, _last_orders)
ENROLMENT: Final = presents(CardEnrolment, _enrolment)
CARD_PAYMENT: Final[Present] = _card_payment
OTHER_WAY: Final[Present] = _other_way
FINISHED_PAYMENT: Final[Present] = _finished_payment
METHOD_FINISHED: Final[Present] = _finished_method
FINISHED_VERSION_2: Final[Present] = _finished_version_2
