"""What the page of an application shows."""

from dataclasses import dataclass, field

from altyn.domain.credit import MONTHS, CreditApplication
from altyn.domain.money import Money
from altyn.inbound.payment_page.page_order import PageOrder
from altyn.protocol.credit import CreditAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What the applicant has typed. `months` is 0 before a term was chosen."""

    months: int = 0
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditView:
    """The application of an order, and the addresses that the page leads to.

    `wrong` names the field that the applicant has to correct. `answer` is the bank's.
    """

    page_order: PageOrder
    application: CreditApplication
    payment: str
    shop: str | None
    typed: Typed = field(default_factory=Typed)
    wrong: str = ""
    answer: CreditAnswer | None = None

    @property
    def terms(self) -> list[tuple[int, Money, bool]]:
        """The terms in months, each with the amount of a month without interest, and whether it is
        the chosen one."""
        total = self.page_order.amount
        months = MONTHS[self.application.product]
        chosen = self.typed.months if self.typed.months in months else months[0]
        return [
            (count, Money(-(-total.amount_minor // count), total.currency), count == chosen)
            for count in months
        ]
