"""Accepts only test cards in the sandbox, with any acquirer."""

from datetime import date

from altyn.domain.card.values import Cvc, Expiry, Pan
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused
from altyn.operations.paying.card.ports import CardChecks
from altyn.protocol.test_cards import lists_expiry, lookup


class TestCardsOnly:
    """Wraps the checks of a connector: every card that is not a test card is refused."""

    __test__ = False  # pytest must not collect this class

    def __init__(self, checks: CardChecks) -> None:
        self._checks = checks

    def refusal_of(self, pan: Pan) -> Refused | None:
        """PAN_NOT_A_TEST_CARD, or the refusal of the connector."""
        if lookup(pan.reveal(), tds_version="1") is None:
            rule = "only the test cards that `altyn cards` lists are accepted here"
            return Refused(Refusal.PAN_NOT_A_TEST_CARD, rule)
        return self._checks.refusal_of(pan)

    def expired(self, pan: Pan, expiry: Expiry, today: date) -> bool:
        """As the connector; the documented expiry of a test card counts even in the past."""
        listed = lists_expiry(pan.reveal(), expiry)
        return not listed and self._checks.expired(pan, expiry, today)

    async def check(self, pan: Pan, expiry: Expiry, cvc: Cvc | None) -> int | None:
        """The result of the connector's own check."""
        return await self._checks.check(pan, expiry, cvc)
