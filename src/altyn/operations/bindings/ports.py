"""What operations on stored cards need from outside."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from altyn.domain.callback import BindingNotification
from altyn.domain.card.binding import Binding
from altyn.domain.effects import OutboxEntry
from altyn.domain.merchant import Merchant

Entries = Callable[[BindingNotification, Merchant, datetime], tuple[OutboxEntry, ...]]


class Bindings(Protocol):
    """The store of stored cards. A change and its outbox entries are saved together or not."""

    async def load(self, merchant_id: int, binding_id: UUID) -> Binding | None: ...

    async def of_client(self, merchant_id: int, client_id: str) -> Sequence[Binding]:
        """The stored cards of a client, also disabled ones, oldest first."""
        ...

    async def of_card(self, merchant_id: int, fingerprint: str) -> Sequence[Binding]:
        """The stored cards of all clients with this card, also disabled ones, oldest first."""
        ...

    async def add(self, binding: Binding, entries: Sequence[OutboxEntry]) -> Binding:
        """Add a stored card. Where the client has this card active, that one gets the new expiry
        and holder, and is returned; the entries are then not added."""
        ...

    async def save(self, binding: Binding, entries: Sequence[OutboxEntry]) -> bool:
        """Save the next version. False: another change was saved first, or the client has the card
        active by another stored card."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingPorts:
    """The store, and the function that makes outbox entries of a notification."""

    store: Bindings
    entries: Entries
