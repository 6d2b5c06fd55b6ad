"""The handlers: each turns the values of a request into a command and returns the result.

There is one handler per operation, for every dialect.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from altyn.domain.cart.raw_line import RawLine
from altyn.domain.cart.receipt_params import ReceiptParams
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.money import canonical_currency
from altyn.domain.notes import Note, Notes
from altyn.domain.operation import Operation
from altyn.domain.order import Order
from altyn.domain.receipt.contact import is_fiscalised
from altyn.inbound.binding_handlers import BINDING_HANDLERS
from altyn.inbound.credit_handlers import CREDIT_HANDLERS
from altyn.inbound.link_handlers import LINK_HANDLERS
from altyn.inbound.one_call_handlers import ONE_CALL_HANDLERS
from altyn.inbound.payment_handlers import PAYMENT_HANDLERS
from altyn.inbound.receipt_handlers import RECEIPT_HANDLERS
from altyn.inbound.request_handler import Call, Handler
from altyn.operations.add_params import decide_params
from altyn.operations.app_request import notes_of_app
from altyn.operations.decisions import Accepted, Decision, Refused, Unchanged
from altyn.operations.deposit import Deposit, decide_deposit
from altyn.operations.history import with_notes
from altyn.operations.order_status import find_order, find_target, last_orders
from altyn.operations.outcome import outcome_of
from altyn.operations.paying.cancel import withdraw_before_cancellation
from altyn.operations.paying.card.enrolment import check_enrolment
from altyn.operations.paying.card.steps import CardEnrolment
from altyn.operations.paying.decisions import decide_cancellation
from altyn.operations.perform import Decide, perform_and_ask
from altyn.operations.ports import OrderSearch, World
from altyn.operations.raw_refund import refuse_rate
from altyn.operations.refund import Refund, decide_refund
from altyn.operations.register import (
    Register,
    app_request,
    register,
)
from altyn.operations.register_for_app import begin_in_app
from altyn.operations.registration_notes import registration_notes
from altyn.operations.results import (
    Done,
    OrderFound,
    OrdersFound,
    Registered,
)
from altyn.operations.reverse import Reverse, decide_reversal


async def handle_register(call: Call, world: World) -> Registered | Refused:
    """Register an order, of one stage or of two; begin its payment in the bank's app if asked."""
    two_phase = call.operation is Operation.REGISTER_PRE_AUTH
    command = Register(two_phase=two_phase, **call.values)
    app, merchant, actor = app_request(command, call.merchant), call.merchant, call.actor
    now = world.clock.now()
    idle = (*registration_notes(command, merchant, now), *notes_of_app(app, merchant))
    idle = call.named(idle)
    order = await register(command, merchant, world=world, actor=actor, notes=(*call.notes, *idle))
    if isinstance(order, Refused):
        return order
    if not app.asked:
        return Registered(order, idle)
    begun = await begin_in_app(order, app, merchant=merchant, world=world, actor=actor)
    return replace(begun, notes=(*idle, *call.named(begun.notes)))


async def handle_deposit(call: Call, world: World) -> Done | Refused:
    """Deposit a hold."""
    command = Deposit(
        amount_minor=call.values["amount_minor"],
        items=call.values.get("items"),
        json_params=call.values.get("json_params"),
        agent=call.values.get("agent", ReceiptParams()),
        supplier_phones=call.values.get("supplier_phones", ReceiptParams()),
    )
    return await _change(
        call, world, lambda order, now: decide_deposit(order, command, call.merchant, now)
    )


async def handle_reverse(call: Call, world: World) -> Done | Refused:
    """Reverse a payment."""
    command = Reverse(
        amount_minor=call.values.get("amount_minor", 0),
        items=call.values.get("items"),
        json_params=call.values.get("json_params"),
    )
    return await _change(
        call, world, lambda order, now: decide_reversal(order, command, call.merchant, now)
    )


async def handle_refund(call: Call, world: World) -> Done | Refused:
    """Refund a deposit."""
    command = Refund(
        amount_minor=call.values["amount_minor"],
        expected_minor=call.values.get("expected_minor"),
        external_refund_id=call.values.get("external_refund_id"),
        items=call.values.get("items"),
        json_params=call.values.get("json_params"),
        receipt_params=call.values.get("receipt_params", ReceiptParams()),
    )
    return await _change(call, world, lambda order, now: decide_refund(order, command, now))


async def handle_raw_refund(call: Call, world: World) -> Done | Refused:
    """Refund a sum, with the line of the receipt that the request names."""
    values = call.values
    line = {**values, **values.get("line", {})}
    if refused := refuse_rate(line.get("tax_type"), call.merchant):
        return refused
    command = Refund(
        amount_minor=values["amount_minor"],
        expected_minor=values.get("expected_minor"),
        external_refund_id=values.get("external_refund_id"),
        raw=RawLine(
            name=line.get("name"),
            item_code=line.get("item_code"),
            tax_type=line.get("tax_type"),
            position_id=values.get("position_id"),
        ),
        json_params=values.get("json_params"),
        receipt_params=values.get("receipt_params", ReceiptParams()),
    )
    return await _change(call, world, lambda order, now: decide_refund(order, command, now))


async def handle_decline(call: Call, world: World) -> Done | Refused:
    """Cancel an unpaid order; a payment that waits for its payer is withdrawn first."""
    target = await find_target(call.merchant, call.key, call.values.get("order_number"), world)
    if isinstance(target, Refused):
        return target
    withdrawn = await withdraw_before_cancellation(
        target.key, actor=call.actor, world=world, loaded=target.loaded
    )

    def decide(order: Order, now: datetime) -> Decision:
        if withdrawn and order.status is OrderStatus.DECLINED:
            return Unchanged(order)  # it was the last attempt, so the order is declined already
        return decide_cancellation(order, now)

    return await _change(call, world, decide)


async def handle_add_params(call: Call, world: World) -> Done | Refused:
    """Add parameters to an order."""
    params = call.values["params"]
    return await _change(call, world, lambda order, now: decide_params(order, params, now))


async def handle_status(call: Call, world: World) -> OrderFound | Refused:
    """Find an order by its id or by its number."""
    order = await find_order(call.merchant, call.key, call.values.get("order_number"), world)
    return order if isinstance(order, Refused) else OrderFound(order, call.merchant)


async def handle_last_orders(call: Call, world: World) -> OrdersFound | Refused:
    """Find the orders of a period."""
    values = call.values
    search = OrderSearch(
        merchant_ids=(),
        since=values["since"],
        to=values["to"],
        statuses=values["statuses"],
        by_created=values.get("by_created", False),
        page=values.get("page", 0),
        size=values["size"],
    )
    return await last_orders(call.merchant, values.get("merchants", ()), search, world)


async def handle_verify_enrolment(call: Call, world: World) -> CardEnrolment | Refused:
    """Ask whether a card takes part in 3-D Secure."""
    return await check_enrolment(call.values["pan"], call.merchant, world)


async def handle_check_credentials(_call: Call, _world: World) -> Done | Refused:
    """Nothing to do: the request handler has checked the credentials before."""
    return Done()


async def handle_list_card(call: Call, world: World) -> Done | Refused:
    """Check that the order exists; the lists of cards have no effect yet."""
    order = await find_order(call.merchant, call.key, None, world)
    return order if isinstance(order, Refused) else Done()


async def _change(call: Call, world: World, decide: Decide) -> Done | Refused:
    """Apply a decision to the order that the request names; the history keeps the notes."""
    target = await find_target(call.merchant, call.key, call.values.get("order_number"), world)
    if isinstance(target, Refused):
        return target

    def decide_with_notes(order: Order, now: datetime) -> Decision:
        return with_notes(decide(order, now), (*call.notes, *_notes(call, order)))

    decision = await perform_and_ask(
        decide_with_notes, target.key, world=world, actor=call.actor, loaded=target.loaded
    )
    result = outcome_of(decision)
    if isinstance(result, Refused) or not isinstance(decision, Accepted | Unchanged):
        return result
    return replace(result, notes=_notes(call, decision.order))


def _notes(call: Call, order: Order) -> Notes:
    return (*_currency_notes(call, order), *_line_notes(call, order))


def _line_notes(call: Call, order: Order) -> Notes:
    """The notes about a line for the receipt of a refund, where the order gets no receipts."""
    named = [field for field in RAW_LINE if field in call.values]
    if not named or is_fiscalised(order, call.merchant):
        return ()
    why = "without effect: the shop makes no receipts of this order, so the refund has none"
    return call.named(tuple(Note(field, why) for field in named))


def _currency_notes(call: Call, order: Order) -> Notes:
    """The note about a currency that is not the order's: a sum is always in the order's own."""
    sent = canonical_currency(call.values.get("currency") or order.currency)
    if sent is not None and sent.code == order.currency:
        return ()
    text = f"ignored: the order keeps its currency, {order.currency}"
    return call.named((Note("currency", text),))


RAW_LINE: Final = ("line", "name", "item_code", "tax_type")
"""The fields of the line that a refund by sum names."""

HANDLERS: Final[Mapping[Operation, Handler]] = {
    Operation.REGISTER: handle_register,
    Operation.REGISTER_PRE_AUTH: handle_register,
    Operation.DEPOSIT: handle_deposit,
    Operation.REVERSE: handle_reverse,
    Operation.REFUND: handle_refund,
    Operation.DECLINE: handle_decline,
    Operation.ADD_PARAMS: handle_add_params,
    Operation.ORDER_STATUS: handle_status,
    Operation.LAST_ORDERS: handle_last_orders,
    Operation.VERIFY_ENROLMENT: handle_verify_enrolment,
    Operation.CHECK_CREDENTIALS: handle_check_credentials,
    Operation.LIST_CARD: handle_list_card,
    **PAYMENT_HANDLERS,
    **ONE_CALL_HANDLERS,
    Operation.RAW_SUM_REFUND: handle_raw_refund,
    Operation.RAW_POSITION_REFUND: handle_raw_refund,
    **RECEIPT_HANDLERS,
    **BINDING_HANDLERS,
    **LINK_HANDLERS,
    **CREDIT_HANDLERS,
}
