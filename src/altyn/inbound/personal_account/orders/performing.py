"""Performs an action on an order as the API does: the method's table, the operation's handler.

An action is bound to the version of the order that the user has looked at, so that a form that is
sent twice acts once, and an order that has changed meanwhile is looked at again first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from altyn.domain.merchant import Caller, Merchant
from altyn.domain.operation import Operation
from altyn.domain.order import Order
from altyn.domain.refusals import Refusal
from altyn.inbound.http.fields import Fields
from altyn.inbound.request_handler import Call, Handler
from altyn.operations.decisions import Accepted, Refused
from altyn.operations.ports import (
    Actor,
    DueOrder,
    OrderKey,
    OrderPage,
    Orders,
    OrderSearch,
    ResultUnknown,
    World,
)
from altyn.protocol.table import Fault, Method, check


class OrderChangedError(Exception):
    """The order has another version than the one that the user has looked at."""


class NotKnownYetError(Exception):
    """The action was asked for, and its result is not known yet; the gateway inquires about it."""


class ForeseenError(Exception):
    """What an action would save, where it is only looked at beforehand."""

    def __init__(self, accepted: Accepted) -> None:
        super().__init__(accepted.event)
        self.accepted = accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A user's action: the method of the API, its parameters, and the order as it was looked at."""

    method: Method
    parameters: Mapping[str, str]
    order: Order
    caller: Caller
    owner: Merchant
    language: str


@dataclass(frozen=True, slots=True)
class Performer:
    """Performs actions by the handlers of the API."""

    world: World
    handlers: Mapping[Operation, Handler]

    async def foresee(self, command: Command) -> Accepted | str | None:
        """What the action would save first, or the text of its refusal; None: nothing.

        Nothing is saved, and no connector is asked. Raises OrderChangedError.
        """
        try:
            return await self._run(command, foresees=True)
        except ForeseenError as foreseen:
            return foreseen.accepted

    async def perform(self, command: Command) -> str | None:
        """Perform the action; the text of its refusal, None where it has succeeded.

        Raises OrderChangedError before anything is saved, and NotKnownYetError where the bank has
        not answered, or the database was lost meanwhile.
        """
        return await self._run(command, foresees=False)

    async def _run(self, command: Command, *, foresees: bool) -> str | None:
        method, owner = command.method, command.owner
        refused = _not_permitted(method, (command.caller.merchant, owner))
        if refused is not None:
            return _text(command, refused)
        checked = check(method, Fields.of(command.parameters.items()), owner, frozenset())
        if isinstance(checked, Fault):
            return _text(command, Refused(checked.refusal, parameter=checked.parameter))
        call = Call(
            operation=method.operation,
            caller=command.caller,
            merchant=owner,
            values=checked.values,
            language=command.language,
            base_url="",
            notes=checked.notes,
            name_of=method.name_of,
        )
        orders = _OrdersAtVersion(self.world.orders, command.order.version, foresees=foresees)
        world = replace(self.world, orders=orders)
        try:
            result = await self.handlers[method.operation](call, world)
        except ResultUnknown as unknown:
            raise NotKnownYetError from unknown
        if not isinstance(result, Refused):
            return None
        if result.refusal is Refusal.OUTCOME_UNKNOWN:
            raise NotKnownYetError
        return _text(command, replace(result, parameter=method.name_of(result.parameter)))


def _not_permitted(method: Method, merchants: Sequence[Merchant]) -> Refused | None:
    """The refusal of a method that the provider has not opened for the shops, as in the API."""
    for needs in method.permissions:
        if not all(each.may(needs) for each in merchants):
            return Refused(Refusal.ACCESS_DENIED, f"permission {needs} is off")
    return None


def _text(command: Command, refused: Refused) -> str:
    """The API's own text of a refusal, in the reader's language."""
    error = command.method.error(refused.refusal)
    return error.text(command.language, name=refused.parameter, until=refused.until)


class _OrdersAtVersion:
    """The store of orders until the first change is saved: only the version that was looked at.

    With `foresees`, the first change is raised instead of saved.
    """

    def __init__(self, orders: Orders, version: int, *, foresees: bool) -> None:
        self._orders = orders
        self._version = version
        self._foresees = foresees
        self._is_changed = False

    async def load(self, key: OrderKey) -> Order | None:
        """The order. Raises OrderChangedError for another version."""
        return self._as_seen(await self._orders.load(key))

    async def load_by_number(self, merchant_id: int, order_number: str) -> Order | None:
        """As `load`."""
        return self._as_seen(await self._orders.load_by_number(merchant_id, order_number))

    async def save(self, accepted: Accepted, *, expected_version: int, actor: Actor) -> bool:
        """Save a change of the version that was looked at, then its consequences."""
        if self._foresees:
            raise ForeseenError(accepted)
        is_saved = await self._orders.save(accepted, expected_version=expected_version, actor=actor)
        self._is_changed = self._is_changed or is_saved
        return is_saved

    def _as_seen(self, order: Order | None) -> Order | None:
        if order is not None and not self._is_changed and order.version != self._version:
            raise OrderChangedError
        return order

    async def register(self, order: Order, actor: Actor, detail: Mapping[str, object]) -> bool:
        """As the store does."""
        return await self._orders.register(order, actor, detail)

    async def search(self, query: OrderSearch) -> OrderPage:
        """As the store does."""
        return await self._orders.search(query)

    async def due(self, until: datetime, *, limit: int) -> Sequence[DueOrder]:
        """As the store does."""
        return await self._orders.due(until, limit=limit)

    async def claim_unsettled(
        self, now: datetime, *, asked_before: datetime, lease_until: datetime, limit: int
    ) -> Sequence[tuple[OrderKey, int]]:
        """As the store does."""
        return await self._orders.claim_unsettled(
            now, asked_before=asked_before, lease_until=lease_until, limit=limit
        )
