"""The stub of the bank's notification about an invoice, as the test stand of the protocol has it.

A shop's test plays the payer by it: `stateCode` DECLINED refuses; DEPOSITED (one-phase) and
APPROVED (two-phase) confirm. The stub does not exist in production. Source: sberpay.md §6.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from altyn.domain.card.free_text import mask_card_numbers
from altyn.domain.order import Attempt, Order
from altyn.domain.order_id import merchant_of, read_order_id
from altyn.domain.sberpay import invoice_id_of
from altyn.inbound.sandbox.answers import RefusedError, json_answer, read_json
from altyn.inbound.sandbox.phones.answering import answer_subject
from altyn.inbound.sandbox.phones.endpoint import phone_endpoint
from altyn.inbound.sandbox.phones.members import RESULTS
from altyn.inbound.sandbox.phones.ports import INVOICE, PhoneServices
from altyn.operations.connector import payment_key
from altyn.operations.paying.lookup import find_for_payer
from altyn.operations.ports import OrderKey
from altyn.protocol.payment_ways import PaymentWay
from altyn.protocol.phone_messages import MessageAction

PATH: Final = "/dummysbolpayment/sbol/notifyPaymentStatus.do"
DECLINED: Final = "DECLINED"
ONE_PHASE: Final = "DEPOSITED"
TWO_PHASE: Final = "APPROVED"
NAME_CHARS_MAX: Final = 64
NAMES_MAX: Final = 10

log = structlog.get_logger("altyn.sandbox")


class StatusNotification(msgspec.Struct):
    """The body. `order_number` is the gateway's order id. A missing member is refused as a wrong
    one is; further members are ignored."""

    bank_invoice_id: str = msgspec.field(name="bankInvoiceId", default="")
    order_number: str = msgspec.field(name="orderNumber", default="")
    state_code: str = msgspec.field(name="stateCode", default="")


def status_notification_routes(services: PhoneServices) -> list[BaseRoute]:
    """`POST /dummysbolpayment/sbol/notifyPaymentStatus.do`."""

    async def notify(request: Request) -> Response:
        members = await read_json(request, dict[str, object])
        sent = msgspec.convert(members, StatusNotification)
        _log_ignored(members)
        return await _carry_out(sent, services)

    return [Route(PATH, phone_endpoint(notify), methods=["POST"])]


def _log_ignored(members: Mapping[str, object]) -> None:
    """A bank may send more members than the stub reads; the log names them, without values."""
    read = {each.encode_name for each in msgspec.structs.fields(StatusNotification)}
    ignored = [mask_card_numbers(name[:NAME_CHARS_MAX]) for name in members if name not in read]
    if ignored:
        log.info("members_ignored", path=PATH, names=ignored[:NAMES_MAX], count=len(ignored))


async def _carry_out(sent: StatusNotification, services: PhoneServices) -> Response:
    """Refuses: an unknown order, another invoice id, a wrong state, an order that waits for no
    confirmation."""
    order = await _find_order(sent.order_number, services)
    if sent.bank_invoice_id != invoice_id_of(order.order_id):
        raise RefusedError(
            f"bankInvoiceId: {sent.bank_invoice_id!r} is not the invoice of this order; send the "
            "sbolBankInvoiceId of the answer of register.do: the orderId without dashes",
            HTTPStatus.BAD_REQUEST,
        )
    action = _read_state(sent.state_code, two_phase=order.two_phase)
    attempt = _waiting_attempt(order)
    subject = f"{INVOICE}:{payment_key(order.order_id, attempt.number)}"
    response = await answer_subject(subject, action, "", services)
    if response is None:
        raise _nothing_waits()
    after = await _find_order(sent.order_number, services)
    return json_answer(
        {
            "bankInvoiceId": sent.bank_invoice_id,
            "orderNumber": str(order.order_id),
            "result": RESULTS[response.state],
            "actionCode": after.action_code,
        }
    )


async def _find_order(text: str, services: PhoneServices) -> Order:
    order_id = read_order_id(text)
    merchant_id = merchant_of(order_id) if order_id else None
    order = None
    if order_id is not None and merchant_id is not None:
        order = await find_for_payer(OrderKey(merchant_id, order_id), services.world)
    if order is None:
        raise RefusedError(
            f"orderNumber: there is no order {text!r}; send the orderId of the answer of "
            "register.do, not the shop's own number",
            HTTPStatus.NOT_FOUND,
        )
    return order


def _read_state(state: str, *, two_phase: bool) -> MessageAction:
    success, kind = (TWO_PHASE, "two") if two_phase else (ONE_PHASE, "one")
    if state == DECLINED:
        return MessageAction.REFUSE
    if state == success:
        return MessageAction.CONFIRM
    raise RefusedError(
        f"stateCode: {state!r} does not fit this order of {kind} phase{'s' if two_phase else ''}; "
        f"send {success} or {DECLINED}",
        HTTPStatus.BAD_REQUEST,
    )


def _waiting_attempt(order: Order) -> Attempt:
    attempt = order.waiting_payment
    if attempt is None or attempt.payment_way != PaymentWay.SBRF_SBOL:
        raise _nothing_waits()
    return attempt


def _nothing_waits() -> RefusedError:
    return RefusedError(
        "this order waits for no confirmation in the bank's app: no payment was begun, or it was "
        "confirmed, refused or withdrawn, or its time is over",
        HTTPStatus.CONFLICT,
    )
