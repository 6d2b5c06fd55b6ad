"""The handlers of the operations on stored cards. Source: rest-orders.md §6."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Final, TypeVar

from altyn.domain.operation import Operation
from altyn.inbound.payment_handlers import call_fields, shop_fields
from altyn.inbound.request_handler import Call, Handler
from altyn.operations.bindings.change import extend, set_active
from altyn.operations.bindings.charging import ChargeStored
from altyn.operations.bindings.create import CreateBinding, create_binding
from altyn.operations.bindings.find import (
    FindBindings,
    FindBindingsOfCard,
    find_bindings,
    find_bindings_of_card,
)
from altyn.operations.bindings.instalment import pay_instalment
from altyn.operations.bindings.pay import PayByBinding, pay_by_binding
from altyn.operations.bindings.recurrent import pay_recurrent
from altyn.operations.decisions import Refused
from altyn.operations.paying.card.payment import continue_after_method
from altyn.operations.paying.card.steps import Step, after_call
from altyn.operations.ports import World
from altyn.operations.results import BindingsFound, Done, OrderCharged

C = TypeVar("C", FindBindings, FindBindingsOfCard, CreateBinding, ChargeStored)


async def handle_find(call: Call, world: World) -> BindingsFound | Refused:
    """The stored cards of a client."""
    return await find_bindings(_command(FindBindings, call), call.merchant, world)


async def handle_find_of_card(call: Call, world: World) -> BindingsFound | Refused:
    """The stored cards with a card."""
    return await find_bindings_of_card(_command(FindBindingsOfCard, call), call.merchant, world)


async def handle_activity(call: Call, world: World) -> Done | Refused:
    """Enable or disable a stored card."""
    active = call.operation is Operation.ENABLE_BINDING
    return await set_active(call.values["binding_id"], call.merchant, world, active=active)


async def handle_extension(call: Call, world: World) -> Done | Refused:
    """Extend a stored card."""
    return await extend(call.values["binding_id"], call.values["expiry"], call.merchant, world)


async def handle_payment(call: Call, world: World) -> Step:
    """Pay an order with a stored card."""
    values = call.values
    assert call.key is not None, "the table demands an order"
    command = PayByBinding(
        **call_fields(call.key, values, call.actor, call.base_url),
        **shop_fields(values),
        binding_id=values["binding_id"],
        payer_ip=values.get("ip"),
        notes=call.notes,
    )
    if transaction := values.get("server_trans_id"):
        return await continue_after_method(after_call(command, transaction), world)
    return await pay_by_binding(command, world)


async def handle_charge(call: Call, world: World) -> OrderCharged | Refused:
    """Charge a stored card as its client has agreed: a recurring payment, or an instalment."""
    command = replace(_command(ChargeStored, call), base_url=call.base_url)
    pay = pay_instalment if call.operation is Operation.PAY_INSTALMENT else pay_recurrent
    charged = await pay(command, call.merchant, world=world, actor=call.actor, notes=call.notes)
    if isinstance(charged, Refused):
        return charged
    return replace(charged, notes=call.named(charged.notes))


async def handle_creation(call: Call, world: World) -> BindingsFound | Refused:
    """Store a card without a payment."""
    return await create_binding(_command(CreateBinding, call), call.merchant, world)


def _command(kind: type[C], call: Call) -> C:
    """The command with those values of the request that it has."""
    names = {field.name for field in fields(kind)}
    return kind(**{name: value for name, value in call.values.items() if name in names})


BINDING_HANDLERS: Final[Mapping[Operation, Handler]] = {
    Operation.FIND_BINDINGS: handle_find,
    Operation.FIND_BINDINGS_OF_CARD: handle_find_of_card,
    Operation.ENABLE_BINDING: handle_activity,
    Operation.DISABLE_BINDING: handle_activity,
    Operation.EXTEND_BINDING: handle_extension,
    Operation.CREATE_BINDING: handle_creation,
    Operation.PAY_BY_BINDING: handle_payment,
    Operation.PAY_RECURRENT: handle_charge,
    Operation.PAY_INSTALMENT: handle_charge,
}
