"""The limits against card testing, as they stand for one attempt that is about to begin.

Attempts that are saved are counted in the store, which all processes share. Those that this process
is about to save are counted in memory, so that attempts that come at once are not all let through.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from altyn.domain.card.attempt_limits import (
    AttemptLimits,
    BrokenLimit,
    UnpaidAttempts,
    broken_limit,
    refusals_broken,
)
from altyn.domain.merchant import Merchant
from altyn.operations.paying.card.beginning import Beginning, InProgress, LimitedAttempt

VERDICT_TIME: Final = timedelta(seconds=1)
"""How long the share of a merchant's refusals is not counted again."""


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
        """How many card payments were paid in the last 10 minutes, at most `enough`."""
        ...


@dataclass(frozen=True, slots=True)
class _Verdict:
    at: datetime
    broken: BrokenLimit | None


class AttemptLimiter:
    """The limits of a gateway; `limits` are those of merchants who have none of their own."""

    def __init__(self, counts: AttemptCounts, limits: AttemptLimits) -> None:
        self._counts = counts
        self._limits = limits
        self._in_progress = InProgress()
        self._verdicts: dict[int, _Verdict] = {}

    def begin(self, attempt: LimitedAttempt) -> Beginning:
        """The attempt, to be entered at once: no await may stand between."""
        return Beginning(attempt, self._in_progress.before(attempt), self._in_progress)

    async def broken_limit(
        self, beginning: Beginning, merchant: Merchant, now: datetime
    ) -> BrokenLimit | None:
        """The limit that this attempt breaks: of the card, the address, the merchant; else None.

        An attempt that breaks one does not count.
        """
        limits = self._limits.with_own(merchant.settings.limits)
        broken = await self._too_many_unpaid(beginning, limits, now)
        broken = broken or await self._too_many_refusals(merchant, limits, now)
        if broken is None:
            beginning.admit()
        else:
            beginning.end()
        return broken

    async def _too_many_unpaid(
        self, beginning: Beginning, limits: AttemptLimits, now: datetime
    ) -> BrokenLimit | None:
        """Count once, unless the result depends on attempts that may be saved or refused meanwhile.

        Those are waited for, and the rest is counted again: each round has fewer of them.
        """
        attempt = beginning.attempt
        while True:
            earlier = beginning.earlier.in_progress()
            saved = await self._counts.unpaid(
                attempt.merchant_id, attempt.fingerprint, attempt.network, now
            )
            if broken_limit(saved + earlier.at_most(), limits) is None:
                return None
            if broken := broken_limit(saved + earlier.at_least(), limits):
                return broken
            await earlier.passed()

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
