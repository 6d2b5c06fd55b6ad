"""The handlers of registrations of purchases on credit. Source: bnpl.md §8."""

from collections.abc import Mapping
from typing import Final

from altyn.domain.notes import Note
from altyn.domain.operation import Operation
from altyn.inbound.request_handler import Call, Handler
from altyn.operations.decisions import Refused
from altyn.operations.ports import World
from altyn.operations.register import Register, register
from altyn.operations.registration_notes import registration_notes
from altyn.operations.results import Registered

_SIMULATED: Final = Note(
    "dummy", "this gateway has no bank's credit system: the application is simulated all the same"
)


async def handle_credit_register(call: Call, world: World) -> Registered | Refused:
    """Register an order with an application for a credit. Refuses: as `register`."""
    two_phase = call.operation is Operation.CREDIT_REGISTER_PRE_AUTH
    values = dict(call.values)
    dummy = values.pop("dummy", None)
    command = Register(two_phase=two_phase, on_credit=True, **values)
    notes = call.named(registration_notes(command, call.merchant, world.clock.now()))
    notes = notes if dummy else (*notes, _SIMULATED)
    order = await register(
        command, call.merchant, world=world, actor=call.actor, notes=(*call.notes, *notes)
    )
    return order if isinstance(order, Refused) else Registered(order, notes)


CREDIT_HANDLERS: Final[Mapping[Operation, Handler]] = {
    Operation.CREDIT_REGISTER: handle_credit_register,
    Operation.CREDIT_REGISTER_PRE_AUTH: handle_credit_register,
}
