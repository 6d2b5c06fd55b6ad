"""The phone numbers of the sandbox that behave in a way of their own; every other number pays.

The last four digits decide. Source: bnpl.md §5, §8.1; the numbers but 0000 are Altyn's own.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from altyn.domain.action_codes import NOT_ENOUGH_MONEY


@dataclass(frozen=True, slots=True, kw_only=True)
class TestPhone:
    """What happens to the payments of a phone whose number ends with `ending`."""

    __test__ = False  # pytest collects classes whose names begin with Test

    ending: str
    has_app: bool = True
    knows_client: bool = True
    action_code: int = 0
    scoring_refuses: bool = False
    instalments_fail: bool = False
    credit_considered: timedelta = timedelta()
    note: str = ""


UNKNOWN_CLIENT: Final = 120
"""The action code of a payer whom the bank does not know: not allowed by the issuer."""

TEST_PHONES: Final = (
    TestPhone(
        ending="0000",
        scoring_refuses=True,
        note="payment in parts and credits are refused by the scoring",
    ),
    TestPhone(ending="0001", has_app=False, note="no bank app: an SMS arrives instead of a push"),
    TestPhone(
        ending="0002",
        action_code=NOT_ENOUGH_MONEY,
        note="a confirmed SberPay payment is declined: not enough money",
    ),
    TestPhone(
        ending="0003",
        knows_client=False,
        action_code=UNKNOWN_CLIENT,
        note="SberPay is declined at once: the bank does not know the payer",
    ),
    TestPhone(
        ending="0004",
        instalments_fail=True,
        note="payment in parts: the first two tries of each later part fail",
    ),
    TestPhone(
        ending="0005",
        credit_considered=timedelta(minutes=10),
        note="credit: the bank grants it after ten minutes",
    ),
)
_BY_ENDING: Final = {phone.ending: phone for phone in TEST_PHONES}
ORDINARY: Final = TestPhone(ending="", note="every other number: the payment can be confirmed")


def behaviour_of(phone: str) -> TestPhone:
    """How a phone number behaves."""
    return _BY_ENDING.get(phone[-4:], ORDINARY)
