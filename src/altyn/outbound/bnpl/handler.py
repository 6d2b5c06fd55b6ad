"""The instalment handler: has each later part charged on its day, and repeats what was declined.

Source: bnpl.md §4, §7.
"""

from datetime import timedelta
from time import perf_counter
from typing import Final

from altyn.domain.merchant import Merchant
from altyn.domain.outbox import AttemptResult, ClaimedEntry, Verdict
from altyn.operations.paying.bnpl.instalments import (
    ChargeInstalment,
    ChargeResult,
    charge_instalment,
)
from altyn.operations.ports import OrderKey, World

SAVE_SECONDS: Final = 5
"""How long the result may take to be saved, besides the service's answer."""

PAUSES: Final = (
    timedelta(days=1),
    timedelta(days=1),
    timedelta(days=2),
    timedelta(days=3),
    timedelta(days=5),
)
"""The time until the next try, after each declined one: the last is before the next part is due."""

INQUIRY_PAUSE: Final = timedelta(minutes=1)


class InstalmentHandler:
    """Carries out the entries of the kind `instalment`. `seconds` is the service's time limit."""

    def __init__(self, world: World, *, seconds: float) -> None:
        self._world = world
        self._seconds = round(seconds) + SAVE_SECONDS

    def attempt_seconds(self, _merchant: Merchant) -> int:
        """The service's time limit, and time to save the result."""
        return self._seconds

    def retry_pause(self, _merchant: Merchant, failures: int) -> timedelta | None:
        """After 1, 1, 2, 3 and 5 days; None after the sixth declined try."""
        return PAUSES[failures - 1] if failures <= len(PAUSES) else None

    async def deliver(self, entry: ClaimedEntry, _merchant: Merchant) -> AttemptResult:
        """Try once to have the part charged."""
        command = ChargeInstalment(
            key=OrderKey(entry.id.merchant_id, entry.id.subject_id),
            number=int(entry.parameters["part"]),
            attempt=entry.failures + 1,
        )
        started = perf_counter()
        result = await charge_instalment(command, self._world)
        if result is ChargeResult.UNKNOWN:
            problem = "the service that lends has not answered"
            return AttemptResult(
                verdict=Verdict.ACCEPTED, problem=problem, again_after=INQUIRY_PAUSE
            )
        declined = result is ChargeResult.DECLINED
        return AttemptResult(
            verdict=Verdict.FAILED if declined else Verdict.DELIVERED,
            problem=f"the bank of the card declined part {command.number}" if declined else None,
            response_seconds=perf_counter() - started,
        )
