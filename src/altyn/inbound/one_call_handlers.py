"""The handlers of methods that register an order and pay it, or pay it out, in one call.

Source: rest-orders.md §3.7, §5.4 to §5.6.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import fields, replace
from typing import Final

from altyn.domain.card.stored_credential import INITIATOR
from altyn.domain.merchant import Merchant
from altyn.domain.operation import Operation
from altyn.domain.refusals import Refusal
from altyn.inbound.payment_handlers import (
    after_method,
    call_fields,
    card_command,
    key_of_transaction,
    shop_fields,
)
from altyn.inbound.request_handler import Call, Handler
from altyn.operations.bindings.pay import PayByBinding
from altyn.operations.decisions import Refused
from altyn.operations.paying.card.instant import continue_instantly, pay_instantly
from altyn.operations.paying.card.moto import pay_by_moto
from altyn.operations.paying.card.payout import PayOut, pay_out
from altyn.operations.paying.card.register_and_pay import RegisterAndPay
from altyn.operations.paying.card.steps import PayByCard, RegisteredAndPaid, after_call
from altyn.operations.paying.card.verify_card import verify_card
from altyn.operations.ports import OrderKey, World
from altyn.operations.register import Register
from altyn.operations.results import PaidOut

_OF_REGISTRATION: Final = frozenset(field.name for field in fields(Register))
_OF_PAYOUT: Final = frozenset(field.name for field in fields(PayOut))
_NOT_AGAIN: Final = ("json_params", "more")
"""Fields that the registration has stored: the payment does not store them once more."""

_OF_CARD_CHECK: Final = {"amount_minor": 0, "return_url": ""}
"""What a card check may leave out; every other method demands it."""

Begin = Callable[[RegisterAndPay, Merchant, World], Awaitable[RegisteredAndPaid | Refused]]


async def handle_moto(call: Call, world: World) -> RegisteredAndPaid | Refused:
    """Charge a card that the payer gave by mail or telephone.

    Refuses: PARAMETER_INVALID (two cards), then what the operation refuses.
    """
    if refused := _refuse_two_cards(call):
        return refused
    return await pay_by_moto(_command(call), call.merchant, world)


async def handle_instant(call: Call, world: World) -> RegisteredAndPaid | Refused:
    """Register an order and pay it, or go on with such a payment."""
    return await _begin_or_continue(call, pay_instantly, world)


async def handle_verify_card(call: Call, world: World) -> RegisteredAndPaid | Refused:
    """Check a card without taking money, or go on with such a check."""
    return await _begin_or_continue(call, verify_card, world)


async def handle_instant_refund(call: Call, world: World) -> PaidOut | Refused:
    """Pay a sum of the merchant to a card."""
    values = {name: value for name, value in call.values.items() if name in _OF_PAYOUT}
    command = PayOut(**values, actor=call.actor, notes=call.notes)
    return await pay_out(command, call.merchant, world)


async def _begin_or_continue(call: Call, begin: Begin, world: World) -> RegisteredAndPaid | Refused:
    """Begin; with a transaction of 3-D Secure 2, or its order, go on with what has begun.

    Refuses: PARAMETER_INVALID (two cards), AUTHENTICATION_UNKNOWN (no order has it), then what the
    operation refuses.
    """
    transaction, merchant = call.values.get("server_trans_id"), call.merchant
    if refused := _refuse_two_cards(call):
        return refused
    command = _command(call)
    if transaction is None and call.key is None:
        return await begin(command, merchant, world)
    key = call.key or await key_of_transaction(merchant.merchant_id, transaction or "", world)
    if key is None:
        return Refused(Refusal.AUTHENTICATION_UNKNOWN, f"no 3-D Secure transaction {transaction}")
    payment = command.pay(key)
    after = (
        after_method(payment, transaction)
        if isinstance(payment, PayByCard)
        else after_call(payment, transaction)
    )
    return await continue_instantly(after, command.registration, merchant, world)


def _refuse_two_cards(call: Call) -> Refused | None:
    """PARAMETER_INVALID for a typed card and a stored one: one of them is to be charged."""
    if "pan" not in call.values or "binding_id" not in call.values:
        return None
    rule = "a stored card and a typed one: send bindingId, or pan with expiry and holder"
    return Refused(Refusal.PARAMETER_INVALID, rule, parameter="binding_id")


def _command(call: Call) -> RegisterAndPay:
    values = call.values
    registration = {name: value for name, value in values.items() if name in _OF_REGISTRATION}
    of_card = {name: value for name, value in values.items() if name not in _NOT_AGAIN}
    initiator = values.get("more", {}).get(INITIATOR)
    of_card["more"] = {INITIATOR: initiator} if initiator else {}

    def pay(key: OrderKey) -> PayByCard | PayByBinding:
        by_shop = {"payer_ip": values.get("ip"), **shop_fields(values)}
        if binding_id := values.get("binding_id"):
            fields_of_call = call_fields(key, of_card, call.actor, call.base_url)
            return PayByBinding(**fields_of_call, **by_shop, binding_id=binding_id)
        return replace(card_command(key, of_card, call.actor, call.base_url), **by_shop)

    return RegisterAndPay(
        registration=Register(**{**_OF_CARD_CHECK, **registration}),
        pay=pay,
        actor=call.actor,
        notes=call.notes,
        named=call.named,
    )


ONE_CALL_HANDLERS: Final[Mapping[Operation, Handler]] = {
    Operation.MOTO_PAYMENT: handle_moto,
    Operation.INSTANT_PAYMENT: handle_instant,
    Operation.VERIFY_CARD: handle_verify_card,
    Operation.INSTANT_REFUND: handle_instant_refund,
}
