"""The shop charges a stored card again and again, as its client has agreed with the first payment.

Source: rest-orders.md §7; 004 (recurring payments).
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

RECURRING: Final = ChargeKind(
    category=BindingCategory.RECURRENT,
    initiator=Initiator.RECURRING,
    no_terms="its client has not agreed to recurring payments: see recurringFrequency",
)


async def pay_recurrent(
    command: ChargeStored, merchant: Merchant, *, world: World, actor: Actor, notes: Notes = ()
) -> OrderCharged | Refused:
    """Charge a recurring payment. One that comes too early, or after the last day, breaks the
    terms. Refuses: as `charge_by_terms`."""
    return await charge_by_terms(
        command, RECURRING, merchant, world=world, actor=actor, notes=notes
    )
