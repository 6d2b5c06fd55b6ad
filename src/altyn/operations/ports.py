"""What the operations need from outside, and the contract of each.

A `Protocol` stands here only where the world truly varies: the bank, 3-D Secure, the store, the
clock. Adapters live in `outbound/` and `storage/`, and meet the operations in `main`.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from altyn.domain.card.values import Pan
from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.operations.decisions import Accepted
from altyn.protocol.acquiring import AcquirerRequest, AcquirerResponse, CardCheck
from altyn.protocol.threeds import (
    AuthenticationAnswer,
    AuthenticationRequest,
    ChallengeResult,
    Enrolment,
    EnrolmentRequest,
)
from altyn.protocol.threeds_version1 import PaRes


@dataclass(frozen=True, slots=True)
class OrderKey:
    """An order's full address: the merchant is part of every key."""

    merchant_id: int
    order_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who asked for a change, and from where; kept in the order's history."""

    name: str
    ip: str = ""


PAYER = "payer"
TIMER = "timer"
RECONCILIATION = "reconciliation"


class Overloaded(Exception):  # noqa: N818 - not a defect: the caller is asked to come back later
    """Too many requests wait for a part of the gateway; the caller is refused at once (429)."""


class SigningKeyUnusable(Exception):  # noqa: N818 - a state of the key, not a defect of ours
    """A merchant's signing key cannot be used; the text says why and what to do, and no secret."""


class Acquirer(Protocol):
    """The bank that moves the money; the contract of each message is `protocol/acquiring.py`.

    No method raises for anything the network or the bank does: a time-out is `UNKNOWN`, a refused
    connection `NOT_SENT`. After an inquiry was answered `NOT_SENT` the bank will never carry that
    key out, so the gateway may forget it.
    """

    def accepts(self, pan: Pan) -> bool:
        """Whether this connector may be given the card: the sandbox takes test cards only."""
        ...

    async def check(self, card: CardCheck) -> int | None:
        """An action code when the card is no good before anything is asked, else None."""
        ...

    async def ask(self, question: AcquirerRequest) -> AcquirerResponse: ...


class ThreeDS(Protocol):
    """The schemes' directory server and the ACS behind it (`protocol/threeds.py`); never raises."""

    async def enrolment(self, request: EnrolmentRequest) -> Enrolment: ...
    async def authenticate(self, request: AuthenticationRequest) -> AuthenticationAnswer: ...

    async def challenge_result(self, server_trans_id: str) -> ChallengeResult | None:
        """The ACS's own word on a challenge (RReq); None when it has not spoken."""
        ...

    def read_pa_res(self, pa_res: str) -> PaRes | None:
        """What the payer brought back from the ACS; None when it is not signed by it."""
        ...


class CardVault(Protocol):
    """Keeps a PAN, encrypted, while an authentication is on its way; never a CVC."""

    def fingerprint(self, merchant_id: int, pan: Pan) -> str: ...
    async def keep(self, merchant_id: int, pan: Pan, *, until: datetime) -> None: ...
    async def reveal(self, merchant_id: int, fingerprint: str) -> Pan | None: ...


class Orders(Protocol):
    """The store of orders; each change is one statement, saved whole or not at all."""

    async def register(self, order: Order, actor: Actor) -> bool:
        """Add an order. False when the merchant already has one with this number."""
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
        """Attempts (order, number) to ask the bank about now, claimed until `lease_until`.

        One that was asked after `asked_before` is left out: its own request may still bring the
        answer.
        """
        ...

    async def key_of_transaction(
        self, merchant_id: int, server_trans_id: str
    ) -> OrderKey | None: ...


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
    """An order whose time has come."""

    key: OrderKey
    at: datetime


class UnknownMerchantError(LookupError):
    """No merchant has this number."""


class Merchants(Protocol):
    """The merchants, from a cache that follows every change within a second."""

    async def get(self, merchant_id: int) -> Merchant:
        """The merchant with this number. Raises UnknownMerchantError."""
        ...

    async def by_login(self, login: str) -> Merchant | None: ...
    async def children(self, merchant_id: int) -> Sequence[Merchant]: ...


class Clock(Protocol):
    """The gateway's only source of the time: aware UTC."""

    def now(self) -> datetime: ...


class ClockRefusedError(Exception):
    """The clock cannot be moved to this time; the text says why and what to do."""


class MovableClock(Clock, Protocol):
    """The sandbox's clock. Both moves go forward only, and return the new time (UTC).

    Refuses with ClockRefusedError: backwards, then beyond the last time that the clock can show.
    """

    async def advance(self, by: timedelta) -> datetime: ...
    async def set(self, moment: datetime) -> datetime: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything an operation may reach, handed in whole by `main`."""

    orders: Orders
    merchants: Merchants
    acquirer: Acquirer
    threeds: ThreeDS
    vault: CardVault
    clock: Clock
    sleep: Callable[[float], Awaitable[None]]
