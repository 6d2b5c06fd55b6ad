"""The limits against card testing, as they stand for one attempt that is about to begin.

Attempts that are saved are counted in the store, which all processes share. Those that this process
is about to save are counted in memory, so that attempts that come at once are not all let through.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol, Self

from altyn.domain.card.attempt_limits import (
    AttemptLimits,
    BrokenLimit,
    UnpaidAttempts,
    broken_limit,
    refusals_broken,
)
from altyn.domain.merchant import Merchant

VERDICT_TIME: Final = timedelta(seconds=1)
"""How long the share of a merchant's refusals is not counted again."""

_Key = tuple[int, str]


class AttemptCounts(Protocol):
    """Counts the saved attempts of a merchant. `now` is UTC."""

    async def unpaid(
        self, merchant_id: int, fingerprint: str, network: str | None, now: datetime
    ) -> UnpaidAttempts:
        """The attempts that count now: with this card, and from this network of payers."""
        ...

    async def refused(self, merchant_id: int, now: datetime) -> int:
        """How many card payments were refused in the last 10 minutes."""
        ...

    async def paid(self, merchant_id: int, now: datetime, *, enough: int) -> int:
        """How many orders were paid by card in the last 10 minutes, at most `enough`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitedAttempt:
    """What the limits of an attempt are about; `network` is None where no address is known."""

    merchant_id: int
    fingerprint: str
    network: str | None

    @property
    def keys(self) -> tuple[_Key, ...]:
        """The keys under which it is counted in memory: those of its card, and of its network."""
        card = (self.merchant_id, self.fingerprint)
        return (card, (self.merchant_id, self.network)) if self.network else (card,)


@dataclass(slots=True)
class Beginning:
    """An attempt from the check of its limits until it is saved, or until it is not made.

    `earlier` are the attempts that were at this point before it.
    """

    attempt: LimitedAttempt
    keys: tuple[_Key, ...]
    earlier: UnpaidAttempts
    _in_progress: dict[_Key, int]
    _ended: bool = field(default=False)

    def __enter__(self) -> Self:
        """Count the attempt in memory."""
        for key in self.keys:
            self._in_progress[key] = self._in_progress.get(key, 0) + 1
        return self

    def __exit__(self, *_: object) -> None:
        """Count it no longer."""
        self.end()

    def end(self) -> None:
        """The attempt is saved, so that the store counts it; or it is not made."""
        if self._ended:
            return
        self._ended = True
        for key in self.keys:
            if left := self._in_progress[key] - 1:
                self._in_progress[key] = left
            else:
                del self._in_progress[key]


@dataclass(frozen=True, slots=True)
class _Verdict:
    at: datetime
    broken: BrokenLimit | None


class AttemptLimiter:
    """The limits of a gateway; `limits` are those of merchants who have none of their own."""

    def __init__(self, counts: AttemptCounts, limits: AttemptLimits) -> None:
        self._counts = counts
        self._limits = limits
        self._in_progress: dict[_Key, int] = {}
        self._verdicts: dict[int, _Verdict] = {}

    def begin(self, attempt: LimitedAttempt) -> Beginning:
        """The attempt, to be entered at once: no await may stand between."""
        keys = attempt.keys
        with_card, *from_network = (self._in_progress.get(key, 0) for key in keys)
        earlier = UnpaidAttempts(with_card=with_card, from_network=sum(from_network))
        return Beginning(attempt, keys, earlier, self._in_progress)

    async def broken_limit(
        self, beginning: Beginning, merchant: Merchant, now: datetime
    ) -> BrokenLimit | None:
        """The limit that this attempt breaks: of the card, the address, the merchant; else None."""
        attempt, earlier = beginning.attempt, beginning.earlier
        limits = self._limits.with_own(merchant.settings.limits)
        saved = await self._counts.unpaid(
            attempt.merchant_id, attempt.fingerprint, attempt.network, now
        )
        unpaid = UnpaidAttempts(
            with_card=saved.with_card + earlier.with_card,
            from_network=saved.from_network + earlier.from_network,
        )
        return broken_limit(unpaid, limits) or await self._too_many_refusals(merchant, limits, now)

    async def _too_many_refusals(
        self, merchant: Merchant, limits: AttemptLimits, now: datetime
    ) -> BrokenLimit | None:
        merchant_id = merchant.merchant_id
        last = self._verdicts.get(merchant_id)
        if last is not None and last.at <= now < last.at + VERDICT_TIME:
            return last.broken
        # Payments that come while this one counts have the last verdict.
        self._verdicts[merchant_id] = _Verdict(now, last.broken if last else None)
        broken = await self._count_refusals(merchant_id, limits, now)
        self._verdicts[merchant_id] = _Verdict(now, broken)
        return broken

    async def _count_refusals(
        self, merchant_id: int, limits: AttemptLimits, now: datetime
    ) -> BrokenLimit | None:
        refusals = await self._counts.refused(merchant_id, now)
        if not limits.too_many_refusals(refusals, paid=0):
            return None
        enough = limits.enough_paid(refusals)
        paid = await self._counts.paid(merchant_id, now, enough=enough)
        return refusals_broken(limits) if limits.too_many_refusals(refusals, paid) else None
