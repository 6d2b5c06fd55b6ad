"""A payment by mail or telephone: the shop types the card that its payer has told it, or
names a stored card of the payer.

Source: rest-orders.md §5.5.
"""

from dataclasses import replace

from altyn.domain.merchant import Merchant
from altyn.operations.decisions import Refused
from altyn.operations.paying.card.register_and_pay import RegisterAndPay, register_and_pay
from altyn.operations.paying.card.steps import RegisteredAndPaid
from altyn.operations.ports import World
from altyn.protocol.payment_ways import PaymentWay


async def pay_by_moto(
    command: RegisterAndPay, merchant: Merchant, world: World
) -> RegisteredAndPaid | Refused:
    """Register an order and charge the card, without 3-D Secure; the CVC may be missing.

    Refuses: as `register_and_pay`.
    """
    return await register_and_pay(replace(command, way=PaymentWay.CARD_MOTO), merchant, world)
