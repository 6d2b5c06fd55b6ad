"""What posting the form can lead to, as typed values.

`json_answers.py` makes JSON members of them for scripts, `pages.py` makes HTML of them for browsers
without scripts. Each value holds the order as it is afterwards. Source: payment-page.md §3.2.
"""

from dataclasses import dataclass

from altyn.domain.instalments import WAY
from altyn.domain.refusals import Refusal
from altyn.inbound.payment_page.page_order import PageOrder
from altyn.inbound.payment_page.texts import text
from altyn.operations.decisions import Refused
from altyn.operations.paying.allowed import allows_way, own_ways
from altyn.operations.paying.bnpl.offer import takes_only_parts
from altyn.operations.paying.card.steps import GoToAcs, RunMethod, ShowChallenge
from altyn.operations.paying.steps import Ended
from altyn.protocol.dialects.classic.payment_methods import PROCESS_FORM
from altyn.protocol.payment_ways import PaymentWay
from altyn.protocol.table import Method


@dataclass(frozen=True, slots=True)
class FieldFault:
    """A field that the payer has to correct: its wire name, the key of its text, the refusal."""

    name: str
    text_key: str
    refusal: Refusal

    def text(self, language: str) -> str:
        """What the payer has to do about the field."""
        return text(self.text_key, language, count=3)


@dataclass(frozen=True, slots=True)
class StepTaken:
    """The payment goes on with a 3-D Secure step, or the attempt was declined (`Ended`)."""

    page_order: PageOrder
    step: Ended | GoToAcs | RunMethod | ShowChallenge


@dataclass(frozen=True, slots=True)
class FieldsWrong:
    """The form has wrong fields, in the order of the page. There is at least one.

    `method` is the form that was posted: its table has the codes of the faults.
    """

    page_order: PageOrder
    faults: tuple[FieldFault, ...]
    method: Method = PROCESS_FORM


@dataclass(frozen=True, slots=True)
class PaymentRefused:
    """The payment cannot be made in this way; the order may still be payable."""

    page_order: PageOrder
    refused: Refused
    method: Method = PROCESS_FORM

    @property
    def of_way(self) -> bool:
        """Whether shop or order do not take the way that was chosen."""
        return self.refused.parameter == "paymentWay"

    @property
    def needs_other_page(self) -> bool:
        """Whether the card form that was posted cannot pay the order, whatever the card."""
        order, merchant = self.page_order.order, self.page_order.merchant
        return self.of_way and not allows_way(PaymentWay.CARD, order, merchant)

    def text(self, language: str) -> str:
        """What is wrong. A way to pay has words for payers, other refusals those of the method."""
        if not self.of_way:
            return self.wire_text(language)
        return text("way_parts_only" if self._parts_only else "way_wrong", language)

    def advice(self, language: str) -> str:
        """What the payer can do about the way to pay; empty for other refusals."""
        if not self.of_way:
            return ""
        return text("way_parts_steps" if self._parts_only else "way_choose", language)

    def wire_text(self, language: str) -> str:
        """The text of the refusal, as the method of the form words it."""
        error = self.method.error(self.refused.refusal)
        name = self.method.name_of(self.refused.parameter)
        return error.text(language, name=name)

    @property
    def _parts_only(self) -> bool:
        order, merchant = self.page_order.order, self.page_order.merchant
        return takes_only_parts(order, merchant) or {*own_ways(order)} == {WAY}


@dataclass(frozen=True, slots=True)
class WaitingForBank:
    """The payment request was sent and the result is not known yet."""

    page_order: PageOrder


@dataclass(frozen=True, slots=True)
class OrderOver:
    """The order takes no more payments. `refusal` says why; None when the order is paid."""

    page_order: PageOrder
    refusal: Refusal | None


PaymentResult = StepTaken | FieldsWrong | PaymentRefused | WaitingForBank | OrderOver
