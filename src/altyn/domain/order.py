"""An order: what the shop asked for, its present state, and every attempt to move its money.

Pure values. Amounts are minor units of the order's currency; times are aware UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from altyn.domain.card.payment_card import PaymentCard
from altyn.domain.card.three_ds import ThreeDSData
from altyn.domain.cart.document import Cart
from altyn.domain.cart.parts import Part
from altyn.domain.cart.raw_line import RawLine
from altyn.domain.instalments import HOLD_DAYS_MAX, WAY
from altyn.domain.lifecycle import PAYABLE, TRANSITIONS, Event, OrderStatus
from altyn.domain.waiting import AnyWaiting


class Kind(StrEnum):
    """What a connector is asked to do."""

    PAY = "pay"
    DEPOSIT = "deposit"
    REVERSE = "reverse"
    REFUND = "refund"
    PAYOUT = "payout"


class AttemptState(StrEnum):
    """How far an attempt is. The last five are the five outcomes that a connector can answer."""

    WAITING = "waiting"  # the payer has a step to do before the connector is asked for money
    ABANDONED = "abandoned"  # replaced by another attempt before the connector was asked
    ASKED = "asked"
    APPROVED = "approved"
    PENDING = "pending"
    DECLINED = "declined"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"


IN_FLIGHT = frozenset({AttemptState.ASKED, AttemptState.PENDING, AttemptState.UNKNOWN})
WAITING_STATES = frozenset({AttemptState.WAITING, AttemptState.PENDING})


class Due(StrEnum):
    """What a timer does to an order at a given time."""

    SESSION_EXPIRY = "session_expiry"
    AUTO_COMPLETION = "auto_completion"
    AUTO_REVERSE = "auto_reverse"
    HOLD_RELEASE = "hold_release"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request to a connector and its outcome. `number` counts from 1 within the order.

    `payment_way` names the connector's way, for a payment. `waiting` says what the payer has to do
    while the payment waits for it. `parts` are the positions of the
    cart that a deposit or a refund is about; `raw` is the line of its receipt, for a refund by sum
    that names it. `details` are facts that the connector wants back with each later request about
    the payment, such as the number of its invoice; and the parameters of the receipt of a refund.
    `payer_network` is where a card payment comes from, as `attempt_limits.network_of` has it; None
    where a shop has sent the card and has not named its payer's address.
    """

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
    card: PaymentCard | None = None
    authentication: ThreeDSData | None = None
    inquiries: int = 0
    inquire_at: datetime | None = None  # when to inquire while the outcome is unknown
    avs_code: str | None = None
    waiting: AnyWaiting | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    raw: RawLine | None = None
    payer_network: str | None = None

    @property
    def in_flight(self) -> bool:
        """Whether the connector may have carried it out without an answer so far."""
        return self.state in IN_FLIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """The registration request of the shop, parsed; it never changes its meaning.

    `payer_params` are the names in `Order.params` whose values a payer has sent, and not the shop.
    `payer_contact` are those of "email" and "phone" here that a payer has typed. `payout`: the
    merchant pays the sum to a card, and no payer pays it.
    """

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
    order_bundle: Cart | None = None
    tax_system: int | None = None
    payer_data: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    more: Mapping[str, str] = field(default_factory=dict)
    payer_params: tuple[str, ...] = ()
    payer_contact: tuple[str, ...] = ()
    payout: bool = False

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
    paid_out_minor: int = 0
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
        """`now`, or the time of the last change where this machine's clock is behind it."""
        return max(now, self.changed_at or self.created_at)

    @property
    def payable(self) -> bool:
        """Whether the payer may start another attempt."""
        return self.status in PAYABLE and not self.is_payout

    @property
    def is_payout(self) -> bool:
        """Whether the merchant pays the sum to a card; such an order takes no payment."""
        return self.request.payout

    @property
    def checks_card_only(self) -> bool:
        """Whether a payment only checks the card (VERIFY): nothing is held and nothing is taken."""
        return self.request.has("VERIFY")

    @property
    def takes_money_at_once(self) -> bool:
        """Whether an approved payment is a purchase, and neither a hold nor a card check."""
        return not self.two_phase and not self.checks_card_only

    @property
    def asked_minor(self) -> int:
        """The sum that the payer is asked for: none for a card check, whatever the amount is."""
        return 0 if self.checks_card_only else self.amount_minor

    @property
    def left_minor(self) -> int:
        """The part of the deposit that the merchant still has (`depositedAmount` on the wire)."""
        return self.deposited_minor - self.refunded_minor

    @property
    def returned_minor(self) -> int:
        """What the payer has got from the merchant: refunds, or a payout."""
        return self.refunded_minor + self.paid_out_minor

    @property
    def refundable_minor(self) -> int:
        """The sum that may still be refunded; refunds in flight are reserved."""
        return self.left_minor - sum(a.amount_minor for a in self.in_flight(Kind.REFUND))

    def in_flight(self, *kinds: Kind) -> tuple[Attempt, ...]:
        """Attempts whose outcome is not known yet."""
        return tuple(a for a in self.attempts if a.in_flight and (not kinds or a.kind in kinds))

    def attempt(self, number: int) -> Attempt:
        """One attempt by its number."""
        return self.attempts[number - 1]

    @property
    def payments(self) -> tuple[Attempt, ...]:
        """The payment attempts, oldest first."""
        return tuple(a for a in self.attempts if a.kind is Kind.PAY)

    @property
    def payouts(self) -> tuple[Attempt, ...]:
        """The attempts to pay out: at most one."""
        return tuple(a for a in self.attempts if a.kind is Kind.PAYOUT)

    @property
    def waiting_attempt(self) -> Attempt | None:
        """The attempt whose payer has a step to do before the connector is asked for money."""
        attempts = (a for a in self.attempts if a.state is AttemptState.WAITING)
        return next(attempts, None)

    @property
    def waiting_payment(self) -> Attempt | None:
        """The payment that its connector has, and that waits for the payer."""
        return next((each for each in self.in_flight(Kind.PAY) if each.waiting), None)

    @property
    def waiting(self) -> AnyWaiting | None:
        """What the payer has to do now; None when no payment waits for the payer."""
        unfinished = (a for a in self.payments if a.state in WAITING_STATES and a.waiting)
        return next((a.waiting for a in unfinished), None)

    @property
    def authorisation(self) -> Attempt | None:
        """The approved payment attempt."""
        return next((a for a in self.payments if a.state is AttemptState.APPROVED), None)

    @property
    def attempts_left(self) -> int:
        """How many attempts the payer still has."""
        return max(0, self.attempts_max - len(self.payments))

    def with_attempt(self, attempt: Attempt) -> "Order":
        """The order with this attempt added, or changed when its number is known."""
        return replace(self, attempts=self.attempts_with((attempt,)))

    def attempts_with(self, changed: tuple[Attempt, ...]) -> tuple[Attempt, ...]:
        """The attempts by number, with these added or changed."""
        if not changed:
            return self.attempts
        by_number = {attempt.number: attempt for attempt in (*self.attempts, *changed)}
        return tuple(by_number[number] for number in sorted(by_number))

    def due(self) -> tuple[datetime, Due] | None:
        """The next timer and its time; None when no timer is left."""
        dues = sorted(self._dues(), key=lambda pair: pair[0])
        if not dues:
            return None
        at, due = dues[0]
        return max(at, self.postponed_until or at), due

    def _dues(self) -> list[tuple[datetime, Due]]:
        if self.status in PAYABLE:
            return [(self.expires_at, Due.SESSION_EXPIRY)]
        if self.status is not OrderStatus.APPROVED:
            return []
        held_since = self.approved_at or self.created_at
        dues = [(held_since + timedelta(days=self._hold_days), Due.HOLD_RELEASE)]
        if self.auto_completion_at:
            dues.append((self.auto_completion_at, Due.AUTO_COMPLETION))
        if self.auto_reverse_at:
            dues.append((self.auto_reverse_at, Due.AUTO_REVERSE))
        return dues

    @property
    def _hold_days(self) -> int:
        """How long a hold lasts: the shop's days, and for a payment in parts at most a week."""
        paid = self.authorisation
        in_parts = paid is not None and paid.payment_way == WAY
        return min(self.hold_days, HOLD_DAYS_MAX) if in_parts else self.hold_days
