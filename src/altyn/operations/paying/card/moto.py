"""A payment by mail or telephone: the shop types the card that its payer has told it.

Source: rest-orders.md §5.5.
"""

from dataclasses import replace

from altyn.domain.merchant import Merchant
from altyn.operations.decisions import Refused
from altyn.operations.paying.card.register_and_pay import RegisterAndPay, register_and_pay
from altyn.operations.paying.card.steps import PayByCard, RegisteredAndPaid
from altyn.operations.ports import OrderKey, World
from altyn.protocol.payment_ways import PaymentWay


async def pay_by_moto(
    command: RegisterAndPay, merchant: Merchant, world: World
) -> RegisteredAndPaid | Refused:
    """Register an order and charge the card, without 3-D Secure; the CVC may be missing.

    Refuses: as `register_and_pay`.
    """

    def pay(key: OrderKey) -> PayByCard:
        return replace(command.pay(key), payment_way=PaymentWay.CARD_MOTO)

    return await register_and_pay(replace(command, pay=pay), merchant, world)
