"""Callbacks: what a shop is told about an order or a stored card when it changes, and how.

Pure values. A change makes notices; each notice becomes an announcement for every address that
wants it, is kept until it has arrived, and is sent as a letter. Source: callbacks.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from altyn.domain.effects import OutboxEntry


class CallbackOperation(StrEnum):
    """The change being told; the words are the wire's own (callbacks.md §4)."""

    APPROVED = "approved"
    DEPOSITED = "deposited"
    REVERSED = "reversed"
    REFUNDED = "refunded"
    DECLINED_BY_TIMEOUT = "declinedByTimeout"
    DECLINED_CARD_PRESENT = "declinedCardpresent"
    BINDING_CREATED = "bindingCreated"
    BINDING_ACTIVITY_CHANGED = "bindingActivityChanged"


OF_BINDINGS = frozenset(
    {CallbackOperation.BINDING_CREATED, CallbackOperation.BINDING_ACTIVITY_CHANGED}
)
"""These are about a stored card, and never go to an order's own address (callbacks.md §2)."""


CALLBACK: Final = "callback"
"""The kind of the effect, and of its rows in the outbox."""


@dataclass(frozen=True, slots=True)
class OrderNotification:
    """An effect: notify the shop of a change. `succeeded` is the wire's status 1 or 0."""

    notification: CallbackOperation
    succeeded: bool = True
    amount_minor: int = 0
    external_refund_id: str | None = None

    @property
    def kind(self) -> str:
        """Callbacks are carried out by the handler of callbacks."""
        return CALLBACK


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingNotification:
    """A stored card was made, or switched on or off. `masked_pan` as the protocol shows it."""

    notification: CallbackOperation
    merchant_id: int
    binding_id: UUID
    version: int  # of the binding, counted up by each change
    client_id: str
    masked_pan: str
    enabled: bool = True
    email: str | None = None
    phone: str | None = None
    pan_country: str | None = None


OUR_HEADERS = (
    "Host",
    "Content-Length",
    "Transfer-Encoding",
    "Connection",
    "Proxy-Connection",
    "Keep-Alive",
    "Upgrade",
    "Expect",
    "TE",
    "Trailer",
)
"""Headers that a request is made of: a shop that could set them could make one look like two."""

_OURS = frozenset(name.lower() for name in OUR_HEADERS)


def is_our_header(name: str) -> bool:
    """Whether only the gateway may set this header of a callback."""
    return name.strip().lower() in _OURS


class CallbackMode(StrEnum):
    """Whether an order may name its own callback address (callbacks.md §2)."""

    STATIC = "static"
    DYNAMIC = "dynamic"


class CallbackMethod(StrEnum):
    """How the parameters travel: in the query, as a form, or as JSON (callbacks.md §1)."""

    GET = "GET"
    POST = "POST"
    JSON = "JSON"


class ChecksumKind(StrEnum):
    """How a callback proves that it is ours (callbacks.md §6)."""

    NONE = "none"
    SYMMETRIC = "symmetric"  # HMAC-SHA256 with the key that the shop knows too
    ASYMMETRIC = "asymmetric"  # RSA with SHA-512; the shop has the certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackSettings:
    """Where and what a merchant wants to be told, and how often it is tried. Times: seconds.

    Without an address nothing is told. No `operations` means all of them. `headers` are
    `Name=value`. A failed try waits `interval_seconds`; when `growing`, as many times that as there
    were failures. Source: callbacks.md §1, §2, §5; personal-account.md §7.
    """

    enabled: bool = True
    urls: tuple[str, ...] = ()
    mode: CallbackMode = CallbackMode.STATIC
    method: CallbackMethod = CallbackMethod.GET
    operations: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    headers: tuple[str, ...] = field(default=(), repr=False)
    checksum: ChecksumKind = ChecksumKind.SYMMETRIC
    key: str | None = field(default=None, repr=False)
    attempts: int = 3
    interval_seconds: int = 30
    growing: bool = False
    timeout_seconds: int = 10

    def pause_after(self, failures: int) -> timedelta | None:
        """How long to wait after so many failed tries; None when it was the last one."""
        if failures >= self.attempts:
            return None
        return timedelta(seconds=self.interval_seconds * (failures if self.growing else 1))


@dataclass(frozen=True, slots=True)
class CallbackId:
    """A callback's full address. The subject is an order, or a binding; `version` is the one of
    the subject that it tells about, and `line` counts what that version had to tell, from 1."""

    merchant_id: int
    subject_id: UUID
    version: int
    line: int

    def __str__(self) -> str:
        return f"{self.subject_id}.{self.version}.{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """A callback on its way. `created_at` is when the change was (UTC, the gateway's clock).

    `attempt` counts the tries from 1, this one included; `failures` those of this round, which a
    resend begins anew.
    """

    id: CallbackId
    operation: str
    receiver: str
    parameters: Mapping[str, str]
    created_at: datetime
    attempt: int = 1
    failures: int = 0

    @property
    def origin(self) -> str:
        """The host that is called, by which callbacks are kept from standing in each other's way"""
        return origin_of(self.receiver)


@dataclass(frozen=True, slots=True)
class Claimed:
    """Callbacks that are the claimer's alone for a while. `contended`: another worker took some at
    the same moment, so that there may be more."""

    callbacks: tuple[Callback, ...]
    contended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRequest:
    """One try as it goes over the wire, and what was signed.

    `url` is complete and percent-encoded; `signed` is the canonical string, None without a
    checksum. `headers` are the merchant's own and the body's type.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes | None = None
    signed: str | None = None
    checksum: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What became of one try: an HTTP status, or the problem that left us without one.

    `problem` is for people, and says what is wrong and what to do. `asked`: the host was called, so
    that its silence is its own. `refused`: the address may not be called at all, so that no further
    try can help. `body` is the beginning of the answer's.
    """

    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    problem: str | None = None
    refused: bool = False
    asked: bool = True
    took_seconds: float = 0.0

    @property
    def delivered(self) -> bool:
        """Whether the shop has it: exactly 200, whatever the body says (callbacks.md §1)."""
        return self.status == 200 and self.problem is None  # noqa: PLR2004 - as said


def origin_of(url: str) -> str:
    """Scheme, host and port of an address, as `https://shop.example:443`; for what is no address
    the text itself, so that it is refused by itself."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError:
        return url
    return f"{parts.scheme}://{(parts.hostname or '').lower()}:{port}"


def callback_entry(operation: str, receiver: str, parameters: Mapping[str, str]) -> OutboxEntry:
    """The row of the outbox for one callback to one address."""
    return OutboxEntry(
        kind=CALLBACK,
        operation=operation,
        receiver=receiver,
        host=origin_of(receiver),
        parameters=parameters,
    )


@dataclass(frozen=True, slots=True, order=True)
class DeliveryQueue:
    """Callbacks of one merchant to one host: what waits in one lane holds up no other."""

    merchant_id: int
    origin: str


class Outcome(StrEnum):
    """What is true of a callback after a try."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One try and what it leads to. Times: UTC by the gateway's clock; `due_at` is when to try
    again, for a callback that still waits."""

    callback: Callback
    at: datetime
    letter: CallbackRequest
    reply: Reply
    outcome: Outcome
    settled_at: datetime
    due_at: datetime | None = None


def after_try(callback: Callback, reply: Reply, settings: CallbackSettings) -> Outcome:
    """Whether a callback has arrived, is to be tried again, or is given up (callbacks.md §5)."""
    if reply.delivered:
        return Outcome.DELIVERED
    if reply.refused or settings.pause_after(callback.failures + 1) is None:
        return Outcome.DEAD
    return Outcome.WAITING
