"""Limits against card testing: which attempts count, and how many of them are too many.

Card testers try stolen or guessed cards, so their attempts are refused or are never finished. Those
count; paid attempts never do. Source: merchant-settings.md §10;
docs/decisions/0022-limits-against-card-testing.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address
from types import MappingProxyType
from typing import Final

from altyn.domain import action_codes as codes
from altyn.domain.order import Attempt, AttemptState, Kind

CARD_WINDOW: Final = timedelta(hours=24)
ADDRESS_WINDOW: Final = timedelta(hours=1)
MERCHANT_WINDOW: Final = timedelta(minutes=10)
NETWORK_BITS: Final = 64
"""The part of an IPv6 address that counts: one subscriber has all addresses with it."""


class Limit(StrEnum):
    """What a limit is about; the name is the label of the metric and stands in the history."""

    CARD = "card"
    ADDRESS = "address"
    ORDER = "order"
    MERCHANT = "merchant"


LIMIT_CODES: Final[Mapping[Limit, int]] = MappingProxyType(
    {
        Limit.CARD: codes.LIMIT_EXCEEDED,
        Limit.ADDRESS: codes.IP_BLACKLISTED,
        Limit.ORDER: codes.ATTEMPTS_EXHAUSTED,
        Limit.MERCHANT: codes.FRAUD,
    }
)
"""The action code of an attempt that a limit refuses (codes.md §4.2)."""

_NO_ANSWER: Final = frozenset(
    {
        codes.PROCESSING_UNAVAILABLE,
        codes.PROCESSING_TIMEOUT,
        codes.PROCESSING_TIMEOUT_SENT,
        codes.HOST_NOT_AVAILABLE,
        codes.ISSUER_NOT_AVAILABLE,
        codes.ISSUER_UNREACHABLE,
        codes.DIRECTORY_UNREACHABLE,
        codes.TDS_COMMUNICATION_ERROR,
        codes.GATEWAY_ERROR,
    }
)
_REFUSED_BY_LIMIT: Final = frozenset(
    {codes.LIMIT_EXCEEDED, codes.IP_BLACKLISTED, codes.PAN_BLACKLISTED, codes.FRAUD}
)
_NOT_COUNTED: Final = _NO_ANSWER | _REFUSED_BY_LIMIT


def counts(attempt: Attempt) -> bool:
    """Whether an attempt counts against the limits: a card payment or a payout that was begun and
    is not approved.

    An attempt that ended because a bank or a network did not answer does not count, so an outage
    closes no shop. One that a limit or a fraud filter has refused does not count, so that a limit
    which is reached opens again when its window has passed.
    """
    if attempt.kind not in {Kind.PAY, Kind.PAYOUT} or attempt.card is None:
        return False
    if attempt.state in {AttemptState.APPROVED, AttemptState.NOT_SENT}:
        return False
    return attempt.state is not AttemptState.DECLINED or attempt.action_code not in _NOT_COUNTED


def network_of(address: str | None) -> str | None:
    """The network that a payer's address stands for: the address itself, of IPv6 the first half.

    None for what is not an IP address.
    """
    if not address:
        return None
    try:
        parsed = ip_address(address.strip())
    except ValueError:
        return None
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    kept = int(parsed) >> NETWORK_BITS << NETWORK_BITS
    return f"{IPv6Address(kept)}/{NETWORK_BITS}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSettings:
    """A merchant's own limits, as in `AttemptLimits`; 0: that of the gateway."""

    card_attempts_day: int = 0
    address_attempts_hour: int = 0
    refusals_count: int = 0
    refusals_percent: int = 0


NO_LIMITS_OF_ITS_OWN: Final = LimitSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptLimits:
    """How many attempts may stay unpaid, each within its window; the next one is refused.

    `card_attempts_day`: with one card of a merchant in 24 hours. `address_attempts_hour`: from one
    address of a merchant's payers in an hour. A merchant's card payments are refused while, of the
    last 10 minutes, at least `refusals_count` were refused, and these are at least
    `refusals_percent` of those refused and paid.
    """

    card_attempts_day: int
    address_attempts_hour: int
    refusals_count: int
    refusals_percent: int

    def with_own(self, own: LimitSettings) -> "AttemptLimits":
        """The limits of a merchant who has these of its own."""
        if own == NO_LIMITS_OF_ITS_OWN:
            return self
        return AttemptLimits(
            card_attempts_day=own.card_attempts_day or self.card_attempts_day,
            address_attempts_hour=own.address_attempts_hour or self.address_attempts_hour,
            refusals_count=own.refusals_count or self.refusals_count,
            refusals_percent=own.refusals_percent or self.refusals_percent,
        )

    def enough_paid(self, refusals: int) -> int:
        """How many paid attempts, with so many refusals, show that the merchant is not attacked."""
        return refusals * (100 - self.refusals_percent) // self.refusals_percent + 1

    def too_many_refusals(self, refusals: int, paid: int) -> bool:
        """Whether a merchant's refusals of the last 10 minutes are too many, next to those paid."""
        return refusals >= self.refusals_count and paid < self.enough_paid(refusals)


SANDBOX_LIMITS: Final = AttemptLimits(
    card_attempts_day=1_000,
    address_attempts_hour=5_000,
    refusals_count=10_000,
    refusals_percent=95,
)
PRODUCTION_LIMITS: Final = AttemptLimits(
    card_attempts_day=10,
    address_attempts_hour=20,
    refusals_count=50,
    refusals_percent=80,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpaidAttempts:
    """The attempts that count within their windows: with a card, and from a network of payers."""

    with_card: int = 0
    from_network: int = 0

    def __add__(self, more: "UnpaidAttempts") -> "UnpaidAttempts":
        """Both together."""
        return UnpaidAttempts(
            with_card=self.with_card + more.with_card,
            from_network=self.from_network + more.from_network,
        )


@dataclass(frozen=True, slots=True)
class BrokenLimit:
    """The limit that refuses an attempt, and its rule for the history and the log."""

    limit: Limit
    rule: str

    @property
    def action_code(self) -> int:
        """The action code of the refused attempt."""
        return LIMIT_CODES[self.limit]


def broken_limit(unpaid: UnpaidAttempts, limits: AttemptLimits) -> BrokenLimit | None:
    """The limit that one more attempt breaks: of the card, then of the address."""
    if unpaid.with_card >= limits.card_attempts_day:
        rule = f"unpaid attempts with one card in 24 hours: at most {limits.card_attempts_day}"
        return BrokenLimit(Limit.CARD, rule)
    if unpaid.from_network >= limits.address_attempts_hour:
        rule = (
            f"unpaid attempts from one address in an hour: at most {limits.address_attempts_hour}"
        )
        return BrokenLimit(Limit.ADDRESS, rule)
    return None


def refusals_broken(limits: AttemptLimits) -> BrokenLimit:
    """The limit of a merchant's refusals, broken."""
    rule = (
        f"refused attempts in 10 minutes: fewer than {limits.refusals_count}, or than "
        f"{limits.refusals_percent} % of those refused and paid"
    )
    return BrokenLimit(Limit.MERCHANT, rule)
