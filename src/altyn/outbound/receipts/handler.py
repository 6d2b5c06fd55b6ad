"""The receipt handler: has each receipt registered by its provider, and asks until it is known.

Source: fiscal.md §9.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from altyn.domain.merchant import Merchant
from altyn.domain.outbox import AttemptResult, ClaimedEntry, Verdict
from altyn.domain.receipt.settings import FiscalProvider
from altyn.domain.receipt.values import Receipt, ReceiptState, ReceiptUpdate
from altyn.operations.fiscal import FiscalOutcome, FiscalProviderPort, FiscalResponse, Receipts

PAUSE_SECONDS_MAX: Final = 3_600

_VERDICTS: Final = {
    FiscalOutcome.REGISTERED: Verdict.DELIVERED,
    FiscalOutcome.ACCEPTED: Verdict.ACCEPTED,
    FiscalOutcome.REJECTED: Verdict.REJECTED,
    FiscalOutcome.UNKNOWN: Verdict.FAILED,
}
_STATES: Final = {
    FiscalOutcome.REGISTERED: ReceiptState.DELIVERED,
    FiscalOutcome.REJECTED: ReceiptState.FAILED,
}
_SETTINGS: Final[Mapping[str, str]] = {
    FiscalProvider.ATOL: "ALTYN_ATOL_URL",
    FiscalProvider.SIMULATED: "ALTYN_MODE=sandbox",
}


class ReceiptHandler:
    """Carries out the entries of the kind `receipt`. `providers` are by their names."""

    def __init__(self, receipts: Receipts, providers: Mapping[str, FiscalProviderPort]) -> None:
        self._receipts = receipts
        self._providers = providers
        self._seconds = max((each.attempt_seconds for each in providers.values()), default=1)

    def attempt_seconds(self, _merchant: Merchant) -> int:
        """The longest time limit of the providers."""
        return self._seconds

    def retry_pause(self, _merchant: Merchant, failures: int) -> timedelta | None:
        """After 2, 4, 8 … seconds, at most an hour. There is always a next attempt: a receipt
        that was sent may have been registered."""
        return timedelta(seconds=min(2 ** min(failures, 20), PAUSE_SECONDS_MAX))

    async def deliver(self, entry: ClaimedEntry, merchant: Merchant) -> AttemptResult:
        """Ask the provider once; the result has what it said, for the receipt's row."""
        key = entry.id
        receipt = await self._receipts.load(key.merchant_id, key.subject_id, key.version)
        if receipt is None:
            problem = "the receipt of this entry does not exist any more"
            return AttemptResult(verdict=Verdict.REJECTED, problem=problem, contacted=False)
        if receipt.state is not ReceiptState.SENT:
            return AttemptResult(verdict=Verdict.DELIVERED, contacted=False)
        provider = self._providers.get(receipt.provider)
        if provider is None:
            return AttemptResult(
                verdict=Verdict.FAILED, problem=_not_served(receipt), contacted=False
            )
        return _result(await provider.register(receipt, merchant))


def _result(response: FiscalResponse) -> AttemptResult:
    outcome = response.outcome
    return AttemptResult(
        verdict=_VERDICTS[outcome],
        problem=response.problem,
        again_after=response.again_after if outcome is FiscalOutcome.ACCEPTED else None,
        contacted=response.contacted,
        response_seconds=response.seconds,
        record=ReceiptUpdate(
            state=_STATES.get(outcome, ReceiptState.SENT),
            provider_id=response.provider_id,
            fiscal=response.fiscal,
        ),
    )


def _not_served(receipt: Receipt) -> str:
    needed = _SETTINGS.get(receipt.provider, "the settings of that provider")
    return (
        f"this gateway has no fiscal provider {receipt.provider}: start it with {needed}, and the "
        "receipt is sent"
    )
