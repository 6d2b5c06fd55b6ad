"""Refuses all but test cards in the sandbox, for any acquirer."""

from altyn.domain.card.values import Cvc, Expiry, Pan
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused
from altyn.operations.paying.card.ports import CardChecks
from altyn.protocol.test_cards import lookup


class TestCardsOnly:
    """Wraps the checks of a connector: every card that is not a test card is refused."""

    __test__ = False  # not a test, whatever its name

    def __init__(self, checks: CardChecks) -> None:
        self._checks = checks

    def refusal_of(self, pan: Pan) -> Refused | None:
        """PAN_NOT_A_TEST_CARD, or what the connector refuses."""
        if lookup(pan.reveal(), tds_version="1") is None:
            rule = "only the test cards of `altyn cards` pay here"
            return Refused(Refusal.PAN_NOT_A_TEST_CARD, rule)
        return self._checks.refusal_of(pan)

    async def check(self, pan: Pan, expiry: Expiry, cvc: Cvc | None) -> int | None:
        """As the connector checks it."""
        return await self._checks.check(pan, expiry, cvc)
