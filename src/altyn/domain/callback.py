"""Callbacks: the notifications of changes that a shop receives, and how it wants them sent.

A change of an order or of a stored card is a notification. For each address that is configured, the
outbox keeps one entry; each delivery sends it as one callback request. Pure values. Source:
callbacks.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from altyn.domain.effects import OutboxEntry
from altyn.domain.outbox import Verdict


class CallbackOperation(StrEnum):
    """The change that a callback is about, in the words of the wire (callbacks.md §4)."""

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
"""Changes of a stored card. They never go to an order's own address (callbacks.md §2)."""


OK: Final = 200  # the only status that confirms a callback

CALLBACK: Final = "callback"
"""The kind of the effect, and of its rows in the outbox."""


@dataclass(frozen=True, slots=True)
class OrderNotification:
    """An effect: notify the shop of a change. `succeeded` is status 1 or 0 on the wire."""

    operation: CallbackOperation
    succeeded: bool = True
    amount_minor: int = 0
    external_refund_id: str | None = None

    @property
    def kind(self) -> str:
        """The handler of callbacks carries it out."""
        return CALLBACK


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingNotification:
    """A stored card was created, enabled or disabled. `masked_pan` as the protocol shows it."""

    operation: CallbackOperation
    merchant_id: int
    binding_id: UUID
    version: int  # of the binding; each change adds one
    client_id: str
    masked_pan: str
    enabled: bool = True
    email: str | None = None
    phone: str | None = None
    pan_country: str | None = None


RESERVED_HEADERS = (
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
"""Headers that frame a request: a shop that sets one of them could turn one request into two."""

_RESERVED_HEADERS = frozenset(name.lower() for name in RESERVED_HEADERS)


def is_reserved_header(name: str) -> bool:
    """Whether only the gateway may set this header of a callback."""
    return name.strip().lower() in _RESERVED_HEADERS


class CallbackMethod(StrEnum):
    """Where the parameters are: in the query, in a form, or in JSON (callbacks.md §1)."""

    GET = "GET"
    POST = "POST"
    JSON = "JSON"


class ChecksumKind(StrEnum):
    """How a callback proves that the gateway sent it (callbacks.md §6)."""

    NONE = "none"
    SYMMETRIC = "symmetric"  # HMAC-SHA256 with the key that the shop knows too
    ASYMMETRIC = "asymmetric"  # RSA with SHA-512; the shop has the certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackSettings:
    """Which callbacks a merchant receives, where, and how often they are tried. Times: seconds.

    Without an address there are no callbacks. No `operations` means all of them. Names that a payer
    sends are left out unless they are `payer_parameters`. `headers` are
    `Name=value`. After a failed delivery the next one waits `interval_seconds`, multiplied by the
    number of failures when `growing`. Source: callbacks.md §1, §2, §5; personal-account.md §7.
    """

    enabled: bool = True
    urls: tuple[str, ...] = ()
    method: CallbackMethod = CallbackMethod.GET
    operations: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    payer_parameters: tuple[str, ...] = ()
    headers: tuple[str, ...] = field(default=(), repr=False)
    checksum: ChecksumKind = ChecksumKind.SYMMETRIC
    key: str | None = field(default=None, repr=False)
    attempts: int = 3
    interval_seconds: int = 30
    growing: bool = False
    timeout_seconds: int = 10

    def pause_after(self, failures: int) -> timedelta | None:
        """The time until the next delivery after so many failures; None after the last one."""
        if failures >= self.attempts:
            return None
        return timedelta(seconds=self.interval_seconds * (failures if self.growing else 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRequest:
    """The HTTP request of one delivery, as it goes over the wire, and what was signed.

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
class CallbackResponse:
    """The result of one delivery: an HTTP status, or the problem because of which there is none.

    `problem` is for people: what is wrong and what to do. `contacted`: the host was called, so that
    a missing response is the host's fault. `refused`: the address may not be called at all, so that
    no further delivery can help. `body` is the beginning of the response's body.
    """

    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    problem: str | None = None
    refused: bool = False
    contacted: bool = True
    took_seconds: float = 0.0

    @property
    def delivered(self) -> bool:
        """Whether the shop confirmed it: exactly 200, whatever the body says (callbacks.md §1)."""
        return self.status == OK and self.problem is None

    @property
    def verdict(self) -> Verdict:
        """Delivered, failed, or refused for good (callbacks.md §5)."""
        if self.delivered:
            return Verdict.DELIVERED
        return Verdict.REJECTED if self.refused else Verdict.FAILED


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackDelivery:
    """The record of one delivery. `at`: when it began, UTC by the gateway's clock."""

    at: datetime
    request: CallbackRequest
    response: CallbackResponse


def host_of(url: str) -> str:
    """Scheme, host and port of an address, as `https://shop.example:443`.

    A text that is not an address is returned as it is, and has a delivery queue of its own.
    """
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
        host=host_of(receiver),
        parameters=parameters,
    )
