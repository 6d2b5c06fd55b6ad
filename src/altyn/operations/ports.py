"""What all operations need from outside, and the contract of each.

Adapters live in `outbound/` and `storage/`; `main` hands them to the operations. The port to a way
to pay is `connector.py`, the further ports of a card payment are `paying/card/ports.py`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from altyn.domain.credentials import FailedLogin
from altyn.domain.effects import Effect, OutboxEntry
from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.domain.payment_link import EVERY_CHANNEL, Channel
from altyn.operations.bindings.ports import BindingPorts
from altyn.operations.credit.ports import CreditSystem
from altyn.operations.decisions import Accepted
from altyn.operations.fiscal import Receipts
from altyn.operations.paying.bnpl.ports import PartsService
from altyn.operations.paying.card.ports import CardPorts
from altyn.operations.paying.ways import PaymentWays


@dataclass(frozen=True, slots=True)
class OrderKey:
    """The key of an order; every key contains the merchant."""

    merchant_id: int
    order_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The user or process that asked for a change, and its address; kept in the history."""

    name: str
    ip: str = ""


PAYER = "payer"
TIMER = "timer"
RECONCILIATION = "reconciliation"


class Overloaded(Exception):  # noqa: N818 - not a defect: the caller is asked to come back later
    """A part of the gateway has too much to do or is down; the caller is refused at once (429).

    `expected`: the log shows no traceback.
    """

    expected = True


class LoginDelayed(Overloaded):
    """The password of a call could not be checked yet; `failed` is for the log line of the call."""

    def __init__(self, text: str, failed: FailedLogin) -> None:
        super().__init__(text)
        self.failed = failed


class ResultUnknown(Exception):  # noqa: N818 - not a defect: the database was lost meanwhile
    """A change may have been saved or not. The caller gets the system error and may ask later."""

    expected = True


class SigningKeyUnusable(Exception):  # noqa: N818 - a state of the key, not a defect of ours
    """A merchant's signing key cannot be used; the text says why and what to do, and no secret."""


class Orders(Protocol):
    """The store of orders; each change is one statement, saved whole or not at all."""

    async def register(self, order: Order, actor: Actor, detail: Mapping[str, object]) -> bool:
        """Add an order. False when the merchant already has one with this number.

        `detail` goes into the history with it.
        """
        ...

    async def load(self, key: OrderKey) -> Order | None: ...
    async def load_by_number(self, merchant_id: int, order_number: str) -> Order | None: ...

    async def save(self, accepted: Accepted, *, expected_version: int, actor: Actor) -> bool:
        """Save a decision if the order still has that version. False: the race was lost."""
        ...

    async def search(self, query: "OrderSearch") -> "OrderPage": ...
    async def due(self, until: datetime, *, limit: int) -> Sequence["DueOrder"]: ...

    async def claim_unsettled(
        self, now: datetime, *, asked_before: datetime, lease_until: datetime, limit: int
    ) -> Sequence[tuple[OrderKey, int]]:
        """Attempts (order, number) to inquire about now, claimed until `lease_until`.

        An attempt that was asked after `asked_before` is left out: its own request may still bring
        the outcome.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSearch:
    """A page of orders of some merchants. Times are UTC, `to` is included; pages count from 0."""

    merchant_ids: tuple[int, ...]
    since: datetime
    to: datetime
    statuses: tuple[str, ...]
    by_created: bool
    page: int
    size: int


@dataclass(frozen=True, slots=True)
class OrderPage:
    """One page of a search and how many orders there are in all."""

    orders: tuple[Order, ...]
    total: int


@dataclass(frozen=True, slots=True)
class DueOrder:
    """An order with a timer that is due, and the time of the timer (UTC)."""

    key: OrderKey
    at: datetime


class UnknownMerchantError(LookupError):
    """No merchant has this number."""


class Merchants(Protocol):
    """The merchants, read from memory, which is refreshed after each change."""

    async def get(self, merchant_id: int) -> Merchant:
        """The merchant with this number. Raises UnknownMerchantError."""
        ...

    async def by_login(self, login: str) -> Merchant | None: ...
    async def children(self, merchant_id: int) -> Sequence[Merchant]: ...


class EffectEntries(Protocol):
    """Turns an effect into rows of the outbox: to whom it goes, and with which parameters."""

    def entries(
        self, effect: Effect, order: Order, merchant: Merchant, at: datetime
    ) -> tuple[OutboxEntry, ...]:
        """The rows for an effect of a change. `order` is the order after it, `at` its time (UTC).

        An effect without a receiver has no rows.
        """
        ...


class Clock(Protocol):
    """The gateway's only source of the time: aware UTC."""

    def now(self) -> datetime: ...


class ClockRefusedError(Exception):
    """The clock cannot be moved to this time; the text says why and what to do."""


class ClockStoppedError(Exception):
    """A move of the clock has stopped on its way: something that was due there is not done.

    `at` is the time of the clock (UTC), `still_open` names some of what is not done.
    """

    def __init__(self, at: datetime, still_open: str) -> None:
        super().__init__(still_open)
        self.at = at
        self.still_open = still_open


class MovableClock(Clock, Protocol):
    """The sandbox's clock. Both moves go forward only, and return the new time (UTC).

    Refuses with ClockRefusedError: backwards, then beyond the last time that the clock can show.
    `check` refuses in the same way, and moves nothing.
    """

    def check(self, moment: datetime) -> None: ...
    async def advance(self, by: timedelta) -> datetime: ...
    async def set(self, moment: datetime) -> datetime: ...


class MerchantsByNumber(Protocol):
    """The merchant that owns an order. Raises UnknownMerchantError."""

    async def get(self, merchant_id: int) -> Merchant: ...


class ChangeWorld(Protocol):
    """The ports that a change of an order needs, where no connector is asked."""

    @property
    def orders(self) -> Orders: ...
    @property
    def merchants(self) -> MerchantsByNumber: ...
    @property
    def bindings(self) -> BindingPorts: ...
    @property
    def effects(self) -> EffectEntries: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def sleep(self) -> Callable[[float], Awaitable[None]]: ...


class ShopLinks(Protocol):
    """How many messages with payment links each shop has sent. Times are aware UTC."""

    async def reserve(self, merchant_id: int, at: datetime, *, since: datetime, most: int) -> bool:
        """Count one message more; False where the shop sent `most` of them after `since`."""
        ...

    async def release(self, merchant_id: int, at: datetime) -> None:
        """A message that was counted at this time was not sent."""
        ...

    async def sent(self, merchant_id: int, *, since: datetime) -> Sequence[datetime]:
        """The times of the messages after `since`, oldest first."""
        ...


class LinkWorld(ChangeWorld, Protocol):
    """The ports that sending a payment link needs."""

    @property
    def links(self) -> ShopLinks: ...
    @property
    def channels(self) -> frozenset[Channel]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """All ports that an operation may use, handed in by `main`.

    `parts` is None where no service lends for payment in parts.
    `channels` are those by which this gateway can send messages to payers.
    `credit` is None where payers cannot apply for a credit.
    """

    orders: Orders
    merchants: Merchants
    ways: PaymentWays
    card: CardPorts
    bindings: BindingPorts
    effects: EffectEntries
    receipts: Receipts
    links: ShopLinks
    clock: Clock
    sleep: Callable[[float], Awaitable[None]]
    parts: PartsService | None = None
    channels: frozenset[Channel] = EVERY_CHANNEL
    credit: CreditSystem | None = None
