"""The receipts of an order, for the shop that asks. Source: fiscal.md §9."""

from uuid import UUID

from altyn.domain.merchant import Merchant
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused
from altyn.operations.order_status import find_order
from altyn.operations.ports import OrderKey, World
from altyn.operations.results import ReceiptsFound


async def find_receipts(
    merchant: Merchant,
    key: OrderKey | None,
    order_number: str | None,
    receipt_id: UUID | None,
    world: World,
) -> ReceiptsFound | Refused:
    """All receipts of an order, or the one with an id; the order wins where both are given.

    Refuses: ORDER_SELECTOR_MISSING, ORDER_UNKNOWN (also for an unknown id of a receipt).
    """
    if key is None and order_number is None and receipt_id is not None:
        receipt = await world.receipts.by_id(merchant.merchant_id, receipt_id)
        if receipt is None:
            return Refused(Refusal.ORDER_UNKNOWN, f"no receipt {receipt_id} of this merchant")
        found = await world.orders.load(OrderKey(merchant.merchant_id, receipt.order_id))
        assert found is not None, "a receipt is saved with its order"
        return ReceiptsFound(order=found, receipts=(receipt,))
    order = await find_order(merchant, key, order_number, world)
    if isinstance(order, Refused):
        return order
    receipts = await world.receipts.of_order(order.merchant_id, order.order_id)
    return ReceiptsFound(order=order, receipts=tuple(receipts))
