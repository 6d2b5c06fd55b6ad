"""An order: what was asked for, what has become of it, and each time the outside was asked.

Pure values. Amounts are minor units of the order's currency; times are aware UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from altyn.domain.lifecycle import PAYABLE, TRANSITIONS, Event, OrderStatus


class Kind(StrEnum):
    """What the outside was asked to do."""

    PAY = "pay"
    DEPOSIT = "deposit"
    REVERSE = "reverse"
    REFUND = "refund"


class AttemptState(StrEnum):
    """How far one try has come. The last five are the outside's five honest answers."""

    AUTHENTICATING = "authenticating"  # the payer is with the issuer's ACS
    ABANDONED = "abandoned"  # another try took its place before the bank was asked
    ASKED = "asked"
    APPROVED = "approved"
    PENDING = "pending"
    DECLINED = "declined"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"


IN_FLIGHT = frozenset({AttemptState.ASKED, AttemptState.PENDING, AttemptState.UNKNOWN})


class Due(StrEnum):
    """What happens to an order by itself when its time comes."""

    SESSION_EXPIRY = "session_expiry"
    AUTO_COMPLETION = "auto_completion"
    AUTO_REVERSE = "auto_reverse"
    HOLD_RELEASE = "hold_release"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSeen:
    """What may be kept of a card: its masked number, and a keyed fingerprint to find it again."""

    masked_pan: str
    expiry: str
    holder: str
    fingerprint: str
    system: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentication:
    """What 3-D Secure said about one try. Field names follow the EMV and Visa messages."""

    version: str = ""
    ve_res: str | None = None
    pa_res: str | None = None
    a_res: str | None = None
    r_req: str | None = None
    eci: int | None = None
    cavv: str | None = None
    xid: str | None = None
    server_trans_id: str | None = None
    acs_trans_id: str | None = None
    acs_url: str | None = None
    finish_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One question to the outside and what it answered. `number` counts from 1 within the order."""

    number: int
    kind: Kind
    state: AttemptState
    amount_minor: int
    started_at: datetime
    answered_at: datetime | None = None
    action_code: int | None = None
    rrn: str | None = None
    approval_code: str | None = None
    payment_way: str | None = None
    external_refund_id: str | None = None
    partial: bool = False
    due: Due | None = None
    card: CardSeen | None = None
    authentication: Authentication | None = None
    inquiries: int = 0
    inquire_at: datetime | None = None  # when to ask what became of it, while nobody knows
    avs_code: str | None = None

    @property
    def in_flight(self) -> bool:
        """Whether the outside may have done it, and has not told us yet."""
        return self.state in IN_FLIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """What the shop said when it registered the order, as parsed; kept for good."""

    description: str | None = None
    return_url: str = ""
    fail_url: str | None = None
    dynamic_callback_url: str | None = None
    language: str = "ru"
    page_view: str | None = None
    client_id: str | None = None
    binding_id: str | None = None
    features: tuple[str, ...] = ()
    email: str | None = None
    phone: str | None = None
    post_address: str | None = None
    recurring_frequency: int | None = None
    recurring_expiry: str | None = None
    fee_input: int | None = None
    mcc: str | None = None
    terminal: str | None = None
    order_bundle: Any = None
    tax_system: int | None = None
    payer_data: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    more: Mapping[str, str] = field(default_factory=dict)

    def has(self, feature: str) -> bool:
        """Whether the shop asked for this feature (codes of rest-orders.md §2.3)."""
        return feature in self.features


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order with its history of attempts, as of one version."""

    merchant_id: int
    order_id: UUID
    order_number: str
    version: int
    status: OrderStatus
    currency: str
    amount_minor: int
    two_phase: bool
    attempts_max: int
    created_at: datetime
    expires_at: datetime
    approved_minor: int = 0
    deposited_minor: int = 0
    refunded_minor: int = 0
    action_code: int = -100
    approved_at: datetime | None = None
    deposited_at: datetime | None = None
    reversed_at: datetime | None = None
    refunded_at: datetime | None = None
    hold_days: int = 7
    auto_completion_at: datetime | None = None
    auto_reverse_at: datetime | None = None
    postponed_until: datetime | None = None
    changed_at: datetime | None = None
    partly_reversed: bool = False
    payer_ip: str | None = None
    request: OrderRequest = field(default_factory=OrderRequest)
    params: Mapping[str, str] = field(default_factory=dict)
    attempts: tuple[Attempt, ...] = ()

    def allows(self, event: Event) -> bool:
        """Whether this may happen to the order now."""
        return (self.status, event) in TRANSITIONS

    def not_before_last_change(self, now: datetime) -> datetime:
        """Now, or when the order was changed last if a clock is behind: history never runs
        backwards, though two machines never agree quite on the time."""
        return max(now, self.changed_at or self.created_at)

    @property
    def payable(self) -> bool:
        """Whether a payer may still try."""
        return self.status in PAYABLE

    @property
    def left_minor(self) -> int:
        """What of the deposit is still with the merchant (`depositedAmount` on the wire)."""
        return self.deposited_minor - self.refunded_minor

    @property
    def refundable_minor(self) -> int:
        """What may still be refunded: refunds already on their way to the bank are reserved."""
        return self.left_minor - sum(a.amount_minor for a in self.in_flight(Kind.REFUND))

    def in_flight(self, *kinds: Kind) -> tuple[Attempt, ...]:
        """Attempts whose outcome at the bank is not known yet."""
        return tuple(a for a in self.attempts if a.in_flight and (not kinds or a.kind in kinds))

    def attempt(self, number: int) -> Attempt:
        """One attempt by its number."""
        return self.attempts[number - 1]

    @property
    def payments(self) -> tuple[Attempt, ...]:
        """The tries to pay, oldest first."""
        return tuple(a for a in self.attempts if a.kind is Kind.PAY)

    @property
    def authenticating(self) -> Attempt | None:
        """The try whose payer is at the ACS now."""
        tries = (a for a in self.attempts if a.state is AttemptState.AUTHENTICATING)
        return next(tries, None)

    @property
    def authorisation(self) -> Attempt | None:
        """The try that the bank approved."""
        return next((a for a in self.payments if a.state is AttemptState.APPROVED), None)

    @property
    def attempts_left(self) -> int:
        """How many tries the payer still has."""
        return max(0, self.attempts_max - len(self.payments))

    def with_attempt(self, attempt: Attempt) -> "Order":
        """The order with this attempt added, or changed when its number is known."""
        others = [a for a in self.attempts if a.number != attempt.number]
        attempts = tuple(sorted((*others, attempt), key=lambda a: a.number))
        return replace(self, attempts=attempts)

    def due(self) -> tuple[datetime, Due] | None:
        """What happens by itself next, and when; None when nothing is left to happen."""
        dues = sorted(self._dues(), key=lambda pair: pair[0])
        if not dues:
            return None
        at, due = dues[0]
        return max(at, self.postponed_until or at), due

    def _dues(self) -> list[tuple[datetime, Due]]:
        if self.payable:
            return [(self.expires_at, Due.SESSION_EXPIRY)]
        if self.status is not OrderStatus.APPROVED:
            return []
        held_since = self.approved_at or self.created_at
        dues = [(held_since + timedelta(days=self.hold_days), Due.HOLD_RELEASE)]
        if self.auto_completion_at:
            dues.append((self.auto_completion_at, Due.AUTO_COMPLETION))
        if self.auto_reverse_at:
            dues.append((self.auto_reverse_at, Due.AUTO_REVERSE))
        return dues
