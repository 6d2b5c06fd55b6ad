"""The simulated payer pays by SberPay: the phone number on the page, then the answer in the app.

Source: sberpay.md §1, §5; payment-page.md §8.
"""

from typing import ClassVar, Final

from altyn.domain.order import Attempt
from altyn.domain.phone import russian_phone
from altyn.domain.waiting import ConfirmOnPhone
from altyn.inbound.sandbox.payer.request import PayerRequest
from altyn.inbound.sandbox.payer.visit import Visit, VisitEnd
from altyn.inbound.sandbox.payer.waiting import still_waiting, waiting_step
from altyn.operations.paying.sberpay import BY, BY_PHONE, PHONE
from altyn.protocol.payment_ways import PaymentWay
from altyn.protocol.phone_messages import MessageAction

ACTS: Final = {
    MessageAction.CONFIRM: "The payer confirms the payment in the bank's app.",
    MessageAction.REFUSE: "The payer refuses the payment in the bank's app.",
}


class SberPayRequest(PayerRequest, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Pay by SberPay. `phone` gets the push message, and `decision` is what its owner answers."""

    typed_elsewhere: ClassVar[frozenset[str]] = frozenset({"phone"})
    pays_by: ClassVar[PaymentWay] = PaymentWay.SBRF_SBOL

    decision: str = MessageAction.CONFIRM

    def check(self) -> None:
        """Raise ValueError for a phone that is missing or not a Russian number, or a decision that
        a phone does not have."""
        if russian_phone(self.phone or "") is None:
            raise ValueError("phone: the Russian number that gets the push message, as 79998887766")
        if self.decision not in tuple(MessageAction):
            raise ValueError(f"decision: what the payer answers: {' or '.join(MessageAction)}")

    @property
    def contact(self) -> dict[str, str]:
        """Where the receipt goes: the e-mail address, else the phone."""
        return {"email": self.email} if self.email else {"phone": self.phone or ""}

    def goes_on_with(self, waiting: Attempt) -> bool:
        """A message that has arrived on this phone before can be answered."""
        if waiting.payment_way != PaymentWay.SBRF_SBOL:
            return False
        return waiting.waiting == ConfirmOnPhone(phone=self._number)

    async def play(self, visit: Visit) -> VisitEnd:
        """Pay the order of the visit. Raises PayerError: a page did not behave."""
        waiting = visit.page_order.waiting_payment
        if waiting is not None and self.goes_on_with(waiting):
            visit.add_step(f"{waiting_step(waiting)}; the payer goes on with it.")
            return await self._answer(visit)
        visit.add_contact(self.contact)
        visit.add_step(f"The payer chooses SberPay and types the phone {self._number}.")
        form = {"paymentWay": PaymentWay.SBRF_SBOL.value, BY: BY_PHONE, PHONE: self._number}
        answer = await visit.process({**form, **self.contact})
        if not answer.get("waiting"):
            return _unanswered(await visit.end_of(answer))
        return await self._answer(visit)

    async def _answer(self, visit: Visit) -> VisitEnd:
        """Answer the message on the phone."""
        order_id, action = visit.page_order.order.order_id, MessageAction(self.decision)
        if visit.phone is not None and await visit.phone.answer(self._number, order_id, action):
            visit.add_step(ACTS[action])
            return await visit.end_now()
        visit.add_step("No message that can be answered has arrived on the phone.")
        waiting = (await visit.look()).waiting_payment
        return _unanswered(await visit.end_now() if waiting is None else still_waiting(waiting))

    @property
    def _number(self) -> str:
        return russian_phone(self.phone or "") or ""


def _unanswered(end: VisitEnd) -> VisitEnd:
    """The end of a visit in which nothing arrived on the phone."""
    return end.with_unused("decision")
