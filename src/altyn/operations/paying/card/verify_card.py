"""A check of a card in one call: an order with the feature VERIFY, which takes no money.

Source: rest-orders.md §5.6, §2.3.
"""

from dataclasses import replace
from typing import Final

from altyn.domain.merchant import Merchant
from altyn.operations.decisions import Refused
from altyn.operations.paying.card.register_and_pay import RegisterAndPay, register_and_pay
from altyn.operations.paying.card.steps import RegisteredAndPaid
from altyn.operations.ports import World

VERIFY: Final = "VERIFY"


async def verify_card(
    command: RegisterAndPay, merchant: Merchant, world: World
) -> RegisteredAndPaid | Refused:
    """Register an order that checks its card, and check it; the order is reversed at once.

    Refuses: as `register_and_pay`.
    """
    features = (*command.registration.features, VERIFY)
    registration = replace(
        command.registration, features=tuple(dict.fromkeys(features)), may_verify=True
    )
    return await register_and_pay(replace(command, registration=registration), merchant, world)
