"""The kinds of effects: the outbox entries that each of them makes, and the handler that carries
them out. A new kind is one more row of `BUILT_IN`."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from altyn.domain.callback import CALLBACK, OrderNotification
from altyn.domain.effects import Effect, OutboxEntry
from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.main.callback_handler import HandlerServices, open_callback_handler
from altyn.protocol.dialects.classic.callbacks.parameters import order_callbacks
from altyn.workers.outbox_ports import OutboxHandler

Entries = Callable[[Effect, Order, Merchant, datetime], tuple[OutboxEntry, ...]]
OpenHandler = Callable[[HandlerServices], AbstractAsyncContextManager[OutboxHandler]]


@dataclass(frozen=True, slots=True)
class EffectKind:
    """One kind of effect, by the name that its rows in the outbox have.

    `entries` makes the outbox entries of an effect. `open_handler` opens the handler that carries
    them out, for as long as the gateway runs.
    """

    name: str
    entries: Entries
    open_handler: OpenHandler


@dataclass(frozen=True, slots=True)
class EffectKinds:
    """The port `EffectEntries` over the kinds of effects."""

    by_name: Mapping[str, EffectKind]

    @classmethod
    def of(cls, kinds: Iterable[EffectKind]) -> "EffectKinds":
        """These kinds by their names. Raises ValueError for two kinds of one name."""
        all_kinds = tuple(kinds)
        by_name = {kind.name: kind for kind in all_kinds}
        if len(by_name) != len(all_kinds):
            names = ", ".join(kind.name for kind in all_kinds)
            raise ValueError(f"each kind of effect needs a name of its own: {names}")
        return cls(by_name)

    def entries(
        self, effect: Effect, order: Order, merchant: Merchant, at: datetime
    ) -> tuple[OutboxEntry, ...]:
        """The entries of an effect. Raises KeyError for a kind that is not registered."""
        return self.by_name[effect.kind].entries(effect, order, merchant, at)


def _callback_entries(
    effect: Effect, order: Order, merchant: Merchant, at: datetime
) -> tuple[OutboxEntry, ...]:
    assert isinstance(effect, OrderNotification), "callbacks are made of notifications only"
    return order_callbacks(order, merchant, effect, at)


BUILT_IN: Final = (EffectKind(CALLBACK, _callback_entries, open_callback_handler),)
