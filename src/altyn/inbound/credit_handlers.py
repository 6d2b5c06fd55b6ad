"""The handlers of registrations of purchases on credit. Source: bnpl.md §8."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from altyn.domain.merchant import Permission
from altyn.domain.notes import Note
from altyn.domain.operation import Operation
from altyn.domain.refusals import Refusal
from altyn.inbound.request_handler import Call, Handler
from altyn.operations.credit import read_application
from altyn.operations.decisions import Refused
from altyn.operations.ports import World
from altyn.operations.register import Register, register, session_notes
from altyn.operations.results import Registered

_SIMULATED: Final = Note(
    "dummy", "this gateway has no bank's credit system: the application is simulated all the same"
)


async def handle_credit_register(call: Call, world: World) -> Registered | Refused:
    """Register an order with an application for a credit.

    A two-stage order needs the permission for both. Refuses: ACCESS_DENIED, then as
    `read_application` and `register`.
    """
    two_phase = call.operation is Operation.CREDIT_REGISTER_PRE_AUTH
    if two_phase and not call.merchant.may(Permission.TWO_PHASE):
        return Refused(Refusal.ACCESS_DENIED, f"permission {Permission.TWO_PHASE} is off")
    if not world.grants_credit:
        return Refused(Refusal.ACCESS_DENIED, "no credit system is connected to this gateway")
    values = dict(call.values)
    dummy = values.pop("dummy", None)
    command = Register(two_phase=two_phase, **values)
    application = read_application(command, call.merchant)
    if isinstance(application, Refused):
        return application
    notes = call.named(session_notes(command, call.merchant, world.clock.now()))
    notes = notes if dummy else (*notes, _SIMULATED)
    order = await register(
        replace(command, credit=application),
        call.merchant,
        world=world,
        actor=call.actor,
        notes=(*call.notes, *notes),
    )
    return order if isinstance(order, Refused) else Registered(order, notes)


CREDIT_HANDLERS: Final[Mapping[Operation, Handler]] = {
    Operation.CREDIT_REGISTER: handle_credit_register,
    Operation.CREDIT_REGISTER_PRE_AUTH: handle_credit_register,
}
