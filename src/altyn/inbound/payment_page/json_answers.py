"""The JSON members of the page's methods: all of them are made here.

Page sets that were written for other gateways of the family read these members.
Source: payment-page.md §3.1, §3.2, §3.4.
"""

from collections.abc import Sequence
from typing import Any

from altyn.domain.card.binding import Binding
from altyn.domain.merchant import Permission
from altyn.domain.money import Money
from altyn.domain.receipt.contact import needs_contact
from altyn.domain.refusals import Refusal
from altyn.inbound.payment_page.page_order import PageOrder
from altyn.inbound.payment_page.pages import next_address
from altyn.inbound.payment_page.payer import Payer
from altyn.inbound.payment_page.results import (
    FieldsWrong,
    OrderOver,
    PaymentRefused,
    PaymentResult,
    StepTaken,
    WaitingForBank,
)
from altyn.inbound.payment_page.stored_cards.offer import is_of_maestro, label_of, remember_of
from altyn.inbound.payment_page.stored_cards.view import Remember
from altyn.inbound.payment_page.texts import text
from altyn.operations.paying.steps import Ended
from altyn.protocol.dialects.classic.payment_methods import PROCESS_FORM
from altyn.protocol.dialects.classic.payment_steps import INFO, WAITING, Redirects, present_step
from altyn.protocol.dialects.classic.return_links import payment_link
from altyn.protocol.error_code import ErrorCode
from altyn.protocol.table import first_of

Members = dict[str, Any]


def error_members(error: ErrorCode, language: str, *, name: str = "") -> Members:
    """An error of the protocol: processform.do and getFee.do without an order, our own failures.

    `name` is the parameter that it is about.
    """
    words = error.text(language, name=name)
    return {"error": words, "errorCode": error.code, "errorMessage": words}


# ── processform.do ────────────────────────────────────────────────────────────────────────────────


def payment_members(result: PaymentResult, payer: Payer) -> Members:
    """The answer of processform.do."""
    match result:
        case StepTaken():
            return _step_members(result, payer)
        case FieldsWrong():
            return _fields_wrong_members(result, payer.language)
        case PaymentRefused():
            return _refused_members(result, payer)
        case WaitingForBank():
            return {"info": WAITING[payer.language], "waiting": True, "errorCode": 0}
        case OrderOver():
            return _over_members(result, payer)


def _step_members(taken: StepTaken, payer: Payer) -> Members:
    members = present_step(
        taken.step,
        taken.page_order.merchant,
        redirects=Redirects.AT_THE_END,
        language=payer.language,
        base_url=payer.base_url,
    )
    if isinstance(taken.step, Ended) and taken.page_order.decline:
        members |= _decline_members(taken.page_order, payer.language)
    return {**members, "errorCode": 0}


def _decline_members(page_order: PageOrder, language: str) -> Members:
    """The reason of a decline in words for payers, in the members that pages show.

    `errorMessage` keeps the protocol's text. `advice` is ours: what the payer can do, or where the
    payer goes next.
    """
    reason = page_order.decline_text(language)
    advice = page_order.next_step_text(language)
    return {"error": reason, "displayErrorMessage": reason, "advice": advice}


def _fields_wrong_members(wrong: FieldsWrong, language: str) -> Members:
    """Every wrong field by its wire name; the error is the one that the table puts first."""
    first = first_of(wrong.method, wrong.faults)
    code = wrong.method.error(first.refusal).code
    fields = {fault.name: fault.text(language) for fault in wrong.faults}
    return {**_form_error_members(code, first.text(language)), "fieldErrors": fields}


def _refused_members(refused: PaymentRefused, payer: Payer) -> Members:
    refusal, page_order = refused.refused.refusal, refused.page_order
    code = refused.method.error(refusal).code
    members = _form_error_members(code, refused.wire_text(payer.language))
    if refused.of_way:
        members |= _way_refused_members(refused, payer.language)
    if refused.needs_other_page:
        members["redirect"] = next_address(page_order, payer.base_url, payer.language)
    if refusal is Refusal.CREDIT_REQUIRED:  # the payer applies for the credit there
        login = page_order.merchant.login
        members["redirect"] = payment_link(payer.base_url, login, page_order.order)
    if refusal is Refusal.ATTEMPTS_EXHAUSTED:
        members["attemptsLeft"] = 0  # the last attempt is still under way: the payer has to wait
    return members


def _way_refused_members(refused: PaymentRefused, language: str) -> Members:
    """The refusal of a way to pay in words for payers; `errorMessage` keeps the protocol's text."""
    words = refused.text(language)
    return {"error": words, "displayErrorMessage": words, "advice": refused.advice(language)}


def _over_members(over: OrderOver, payer: Payer) -> Members:
    """Where the payer of an order that is over goes, and why it takes no payment."""
    address = over.page_order.return_address(payer.base_url, payer.language)
    if over.refusal is None:
        return {"redirect": address, "info": INFO[payer.language], "errorCode": 0}
    return {**error_members(PROCESS_FORM.error(over.refusal), payer.language), "redirect": address}


def _form_error_members(code: int, words: str) -> Members:
    return {"error": words, "errorCode": code, "errorMessage": words, "is3DSVer2": False}


# ── getSessionStatus.do, getFee.do ────────────────────────────────────────────────────────────────


def session_members(
    page_order: PageOrder,
    payer: Payer,
    *,
    remaining_seconds: int,
    queried: tuple[str, ...],
    other_ways: bool,
    bindings: Sequence[Binding] = (),
) -> Members:
    """The answer of getSessionStatus.do. `queried` names the order's parameters to show, `bindings`
    are the stored cards that may pay the order.

    What the order is for is shown only while it can be paid: for an order that is over, the page
    needs only the way back to the shop.
    """
    order = page_order.order
    if page_order.over:
        return {
            "remainingSecs": 0,
            "attemptsLeft": 0,
            "bindingItems": [],
            "queriedParams": {},
            "loyaltyServices": [],
            **_state_members(page_order, payer),
        }
    fee = fee_of(page_order)
    members: Members = {
        "orderNumber": order.order_number,
        "amount": page_order.amount.wire(),
        "description": order.request.description or "",
        "remainingSecs": remaining_seconds,
        "bindingEnabled": remember_of(page_order) is Remember.ASK,
        "bindingItems": [_binding_item(each) for each in bindings],
        "bindingDeactivationEnabled": bool(bindings) and order.request.binding_id is None,
        "cvcNotRequired": not page_order.cvc_required,
        "otherWayEnabled": other_ways,
        "feeEnabled": fee is not None,
        "feeAmount": fee.text() if fee else "0.00",
        "bonusAmount": 0,
        "queriedParams": {name: order.params[name] for name in queried if name in order.params},
        "loyaltyServices": [],
        "attemptsLeft": order.attempts_left,
    }
    if needs_contact(order, page_order.merchant):
        members["contactRequired"] = True
    return {**members, **_state_members(page_order, payer)}


def _binding_item(binding: Binding) -> Members:
    """A stored card, as page sets of shops show it in their list."""
    return {
        "id": str(binding.binding_id),
        "label": label_of(binding),
        "paymentSystem": binding.system or "",
        "isMaestro": is_of_maestro(binding),
    }


def session_not_found_members(language: str) -> Members:
    """The answer of getSessionStatus.do without an order."""
    return {"error": text("error_not_found", language)}


def fee_members(page_order: PageOrder) -> Members:
    """The answer of getFee.do; the payer of an order that is over has no fee to pay."""
    fee = (None if page_order.over else fee_of(page_order)) or Money(0, page_order.amount.currency)
    return {"errorCode": 0, "fee": fee.text()}


def fee_of(page_order: PageOrder) -> Money | None:
    """The fee that the shop named for this order; None when there is none."""
    fee_minor = page_order.order.request.fee_input
    if fee_minor is None or not page_order.merchant.may(Permission.FEE):
        return None
    return Money(fee_minor, page_order.amount.currency)


def _state_members(page_order: PageOrder, payer: Payer) -> Members:
    """The member that sends an open page elsewhere; none while the payer may pay."""
    if page_order.over:
        return {"redirect": page_order.return_address(payer.base_url, payer.language)}
    if page_order.merchant.blocked:
        return {"error": text("error_unavailable", payer.language)}
    return {"waiting": True} if page_order.waiting else {}
