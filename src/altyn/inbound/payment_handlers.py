"""The handlers of card payments, and the commands that the payment page builds in the same way.

A shop that sends cards itself and the payment page send the same parameters.
Source: rest-orders.md §5.1, §5.2; payment-page.md §3.2, §4.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from altyn.domain.card.three_ds import ThreeDSData
from altyn.domain.operation import Operation
from altyn.domain.refusals import Refusal
from altyn.inbound.request_handler import Call, Handler
from altyn.operations.decisions import Refused
from altyn.operations.paying.begin import BeginPayment, begin_payment
from altyn.operations.paying.card.payment import (
    continue_after_method,
    finish_challenge,
    finish_with_pa_res,
    pay_by_card,
)
from altyn.operations.paying.card.steps import AfterMethod, PayByCard, Step, after_call
from altyn.operations.ports import Actor, OrderKey, World
from altyn.protocol.payment_ways import named_way
from altyn.protocol.threeds import MethodCompletion


def call_fields(
    key: OrderKey, values: Mapping[str, Any], actor: Actor, base_url: str
) -> dict[str, Any]:
    """The fields of `CardCall` that a form and a shop's server send in the same way."""
    return {
        "key": key,
        "cvc": values.get("cvc"),
        "actor": actor,
        "base_url": base_url,
        "language": values.get("language"),
        "email": values.get("email"),
        "phone": values.get("phone"),
        "params": values.get("json_params", {}),
        "more": values.get("more", {}),
        "browser": dict(values.get("browser", {})),
    }


def card_command(
    key: OrderKey, values: Mapping[str, Any], actor: Actor, base_url: str
) -> PayByCard:
    """Phase 1 with the card of a form or of a shop."""
    return PayByCard(
        **call_fields(key, values, actor, base_url),
        pan=values["pan"],
        expiry=values["expiry"],
        holder=values.get("holder", ""),
    )


def after_method(command: PayByCard, server_trans_id: str | None) -> AfterMethod:
    """Phase 2 with the same card: the call is repeated after the method step of 3-D Secure 2."""
    return replace(
        after_call(command, server_trans_id),
        pan=command.pan,
        cvc=command.cvc,
        expiry=command.expiry,
    )


async def handle_payment(call: Call, world: World) -> Step:
    """Pay with a card that the shop sends itself.

    Refuses: PARAMETER_INVALID (two results of 3-D Secure), then what the operation refuses.
    """
    card = card_command(_key(call), call.values, call.actor, call.base_url)
    command = replace(
        card,
        payer_ip=call.values.get("ip"),
        notes=call.notes,
        external=_external_proof(call.values),
        **shop_fields(call.values),
    )
    if transaction := call.values.get("server_trans_id"):
        if command.external:
            rule = "not together with threeDSServerTransId: the gateway authenticates this payer"
            return Refused(Refusal.PARAMETER_INVALID, rule, parameter="eci")
        return await continue_after_method(after_method(command, transaction), world)
    return await pay_by_card(command, world)


def _external_proof(values: Mapping[str, Any]) -> ThreeDSData | None:
    """The result of 3-D Secure that the shop sends, from its own MPI."""
    sent = {name: values[name] for name in ("eci", "cavv", "xid") if name in values}
    return ThreeDSData(**sent) if sent else None


def shop_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that are taken from a shop only; the same fields from a browser are ignored."""
    names = ("term_url", "finish_url", "method_notification_url", "tds_protocol_version")
    return {name: values[name] for name in names if name in values}


async def handle_other_way(call: Call, world: World) -> Step:
    """Begin a payment without a card; its payer goes on at the payment page."""
    named = call.values["way"]
    command = BeginPayment(
        key=_key(call),
        way=named_way(named) or named,
        actor=call.actor,
        by_shop=True,
        payer_ip=call.values.get("ip"),
    )
    return await begin_payment(command, world)


async def handle_continuation(call: Call, world: World) -> Step:
    """Go on after the method step of 3-D Secure 2; the card waits in the vault."""
    command = AfterMethod(
        key=_key(call),
        server_trans_id=call.values.get("server_trans_id"),
        actor=call.actor,
        base_url=call.base_url,
        language=call.values.get("language"),
        method_completed=call.values.get("method_completed", MethodCompletion.FINISHED),
    )
    return await continue_after_method(command, world)


async def handle_finish_payment(call: Call, world: World) -> Step:
    """Finish 3-D Secure with the paRes of version 1, or with the cRes of version 2.

    Refuses: PARAMETER_INVALID when there is neither, then what the operation refuses.
    """
    key, pa_res = _key(call), call.values.get("pa_res")
    if pa_res:
        return await finish_with_pa_res(key, pa_res, call.actor, world)
    if call.values.get("c_res"):
        return await finish_challenge(key, None, call.actor, world)
    return Refused(Refusal.PARAMETER_INVALID, "neither paRes nor cRes given", parameter="pa_res")


async def handle_finish_version_2(call: Call, world: World) -> Step:
    """Finish 3-D Secure 2 by the id of its transaction.

    Refuses: AUTHENTICATION_UNKNOWN when no order has it, then what the operation refuses.
    """
    transaction = call.values["server_trans_id"]
    key = call.key or await key_of_transaction(call.merchant.merchant_id, transaction, world)
    if key is None:
        return Refused(Refusal.AUTHENTICATION_UNKNOWN, f"no 3-D Secure transaction {transaction}")
    return await finish_challenge(key, transaction, call.actor, world)


async def key_of_transaction(
    merchant_id: int, server_trans_id: str, world: World
) -> OrderKey | None:
    """The key of the order that has this 3-D Secure 2 transaction."""
    order_id = await world.card.transactions.order_of_transaction(merchant_id, server_trans_id)
    return OrderKey(merchant_id, order_id) if order_id else None


def _key(call: Call) -> OrderKey:
    key = call.key
    assert key is not None, "the table of every card method demands an order"
    return key


PAYMENT_HANDLERS: Final[Mapping[Operation, Handler]] = {
    Operation.PAY_BY_CARD: handle_payment,
    Operation.PAY_IN_OTHER_WAY: handle_other_way,
    Operation.CONTINUE_3DS: handle_continuation,
    Operation.FINISH_3DS: handle_finish_payment,
    Operation.FINISH_3DS_VERSION_2: handle_finish_version_2,
}
