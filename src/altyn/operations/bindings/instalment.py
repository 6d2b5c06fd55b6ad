"""The shop charges an instalment to a stored card, as its client has agreed with the first payment.

Source: rest-orders.md §7.
"""

from typing import Final

from altyn.domain.card.binding import BindingCategory
from altyn.domain.card.stored_credential import Initiator
from altyn.domain.merchant import Merchant
from altyn.domain.notes import Notes
from altyn.operations.bindings.charging import ChargeKind, ChargeStored, charge_by_terms
from altyn.operations.decisions import Refused
from altyn.operations.ports import Actor, World
from altyn.operations.results import OrderCharged

INSTALMENT: Final = ChargeKind(
    category=BindingCategory.INSTALMENT,
    initiator=Initiator.INSTALMENT,
    no_terms="its client has not agreed to instalments: see installments, totalInstallmentAmount",
)


async def pay_instalment(
    command: ChargeStored, merchant: Merchant, *, world: World, actor: Actor, notes: Notes = ()
) -> OrderCharged | Refused:
    """Charge an instalment. One payment too many, or above the sum that is left, breaks the terms,
    and so does a day that recurringFrequency and recurringExpiry forbid, where they were sent.
    Refuses: as `charge_by_terms`."""
    return await charge_by_terms(
        command, INSTALMENT, merchant, world=world, actor=actor, notes=notes
    )
