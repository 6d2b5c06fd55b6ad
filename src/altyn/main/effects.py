"""The kinds of effects of this gateway: which rows of the outbox each of them comes to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from altyn.domain.callback import CALLBACK, OrderNotification
from altyn.domain.effects import Effect, OutboxEntry
from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.protocol.dialects.classic.callbacks.parameters import order_callbacks

Entries = Callable[[Effect, Order, Merchant, datetime], tuple[OutboxEntry, ...]]


@dataclass(frozen=True, slots=True)
class EffectKinds:
    """The port `EffectEntries` over one function per kind."""

    by_kind: Mapping[str, Entries]

    def entries(
        self, effect: Effect, order: Order, merchant: Merchant, at: datetime
    ) -> tuple[OutboxEntry, ...]:
        """The rows for an effect; a kind that nobody has registered is a bug (KeyError)."""
        return self.by_kind[effect.kind](effect, order, merchant, at)


def _callbacks(
    effect: Effect, order: Order, merchant: Merchant, at: datetime
) -> tuple[OutboxEntry, ...]:
    assert isinstance(effect, OrderNotification), "only notifications are of this kind"
    return order_callbacks(order, merchant, effect, at)


BUILT_IN: Final[Mapping[str, Entries]] = {CALLBACK: _callbacks}
