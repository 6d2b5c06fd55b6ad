"""The handlers of the operations about fiscal receipts. Source: fiscal.md §9 to §11."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from altyn.domain.cart.receipt_params import ReceiptParams
from altyn.domain.operation import Operation
from altyn.domain.order import Order
from altyn.domain.receipt.values import FiscalData, Receipt
from altyn.inbound.request_handler import Call, Handler
from altyn.operations.close_receipt import CloseReceipt, decide_closing
from altyn.operations.decisions import Decision, Refused
from altyn.operations.external_receipt import ExternalReceipt, decide_external
from altyn.operations.history import with_notes
from altyn.operations.order_status import find_order, find_target
from altyn.operations.outcome import outcome_of
from altyn.operations.perform import perform
from altyn.operations.ports import OrderKey, World
from altyn.operations.receipt_status import find_receipts
from altyn.operations.results import Done, ReceiptsFound


async def handle_receipt_status(call: Call, world: World) -> ReceiptsFound | Refused:
    """Find the receipts of an order, or one receipt."""
    values = call.values
    return await find_receipts(
        call.merchant, call.key, values.get("order_number"), values.get("receipt_id"), world
    )


async def handle_close_receipt(call: Call, world: World) -> Done | Refused:
    """Make a closing receipt."""
    values = call.values
    command = CloseReceipt(
        amount_minor=values.get("amount_minor"),
        cart=values.get("cart"),
        receipt_params=values.get("receipt_params", ReceiptParams()),
        json_params=values.get("json_params", {}),
    )
    target = await find_target(call.merchant, call.key, values.get("order_number"), world)
    if isinstance(target, Refused):
        return target
    decision = await perform(
        lambda order, now: with_notes(
            decide_closing(order, command, call.merchant, now), call.notes
        ),
        target.key,
        world=world,
        actor=call.actor,
        loaded=target.loaded,
    )
    return outcome_of(decision)


async def handle_external_receipt(call: Call, world: World) -> Done | Refused:
    """Keep a receipt of the shop's own cash register."""
    values = call.values
    command = _external(values.get("receipt") or values)
    while True:
        order = await find_order(call.merchant, call.key, values.get("order_number"), world)
        if isinstance(order, Refused):
            return order
        known = await world.receipts.of_order(order.merchant_id, order.order_id)
        try:
            return await _keep(call, world, order, command, known)
        except _OrderChanged:
            continue  # the same receipt may have been kept by another request


async def _keep(
    call: Call, world: World, order: Order, command: ExternalReceipt, known: Sequence[Receipt]
) -> Done | Refused:
    """Keep the receipt. `known` are the receipts of this version of the order, at least."""
    version = order.version

    def decide(current: Order, now: datetime) -> Decision:
        if current.version != version:
            raise _OrderChanged
        return with_notes(decide_external(current, command, known, now), call.notes)

    key = OrderKey(order.merchant_id, order.order_id)
    return outcome_of(await perform(decide, key, world=world, actor=call.actor, loaded=order))


class _OrderChanged(Exception):  # noqa: N818 - it names what happened, and is always caught
    """Another change of the order was saved meanwhile."""


def _external(values: Mapping[str, Any]) -> ExternalReceipt:
    ofd = values.get("ofd", {})
    return ExternalReceipt(
        kind=values["kind"],
        fiscal=FiscalData(
            registered_at=values["registered_at"],
            fn_number=values["fn_number"],
            ecr_registration_number=values.get("ecr_registration_number", ""),
            document_number=values["document_number"],
            document_attribute=values["document_attribute"],
            shift_number=values.get("shift_number", 0),
            receipt_number=values.get("receipt_number", 0),
            amount_minor=values["amount_minor"],
            ofd_receipt_url=values.get("ofd_receipt_url", ""),
            ofd_name=ofd.get("name", ""),
            ofd_site=ofd.get("website", ""),
            ofd_inn=ofd.get("inn") or ofd.get("INN", ""),
        ),
    )


RECEIPT_HANDLERS: Final[Mapping[Operation, Handler]] = {
    Operation.RECEIPT_STATUS: handle_receipt_status,
    Operation.CLOSE_RECEIPT: handle_close_receipt,
    Operation.EXTERNAL_RECEIPT: handle_external_receipt,
}
