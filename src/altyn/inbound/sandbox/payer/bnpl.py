"""The simulated payer pays in parts: phone, code, consent, then the card for the first part.

Source: bnpl.md §5.
"""

from typing import ClassVar, Final

from altyn.domain.instalments import WAY
from altyn.inbound.payment_page.addresses import Kind, PageName, page_address
from altyn.inbound.payment_page.bnpl.pages import STEP, TEST_CODE
from altyn.inbound.sandbox.payer.browser import Answer, Form, PayerError
from altyn.inbound.sandbox.payer.card import CardPayer, CardRequest
from altyn.inbound.sandbox.payer.visit import Visit, VisitEnd

STEPS_MAX: Final = 6
OK: Final = 200
SEE_OTHER: Final = 303


class BnplRequest(CardRequest, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Pay in parts. `phone` gets the code; a missing `code` is the right one. The card pays the
    first part."""

    typed_elsewhere: ClassVar[frozenset[str]] = frozenset({"phone"})

    code: str = TEST_CODE

    def check(self) -> None:
        """Raise ValueError for members that do not fit together, in the order of the members."""
        if not self.phone:
            raise ValueError("phone: the phone that gets the code, as 79998887766")
        super().check()

    @property
    def contact(self) -> dict[str, str]:
        """Where the receipt goes: the e-mail address, else the phone."""
        return {"email": self.email} if self.email else {"phone": self.phone or ""}

    async def play(self, visit: Visit) -> VisitEnd:
        """Pay the order of the visit. Raises PayerError: a page did not behave."""
        return await BnplPayer(self, visit).pay()


class BnplPayer:
    """A payer at the steps of payment in parts."""

    def __init__(self, request: BnplRequest, visit: Visit) -> None:
        self._request = request
        self._visit = visit

    async def pay(self) -> VisitEnd:
        """Go through the steps, then pay the first part. Returns where the visit ended."""
        page, posted = await self._open(), ""
        for _ in range(STEPS_MAX):
            form = page.form()
            if page.status != OK:
                return await self._visit.end_now()
            if form is None:
                return await self._without_form()
            step = form.fields.get(STEP, "")
            if step == posted:
                return VisitEnd(error=f"the page did not accept the {step}")
            if not step:
                return await self._pay_first_part()
            page, posted = await self._post(form, step), step
        raise PayerError(f"payment in parts had more than {STEPS_MAX} steps")

    async def _post(self, form: Form, step: str) -> Answer:
        """Post the form of a step; the page that follows."""
        typed, text = self._typed(step)
        self._visit.add_step(text)
        answer = await self._visit.browser.post(form.action, {**form.fields, **typed})
        return await self._open() if answer.status == SEE_OTHER else answer

    def _typed(self, step: str) -> tuple[dict[str, str], str]:
        request = self._request
        match step:
            case "phone":
                phone = request.phone or ""
                return {"phone": phone}, f"The payer types the phone {phone} and asks for a code."
            case "code":
                return {"code": request.code}, f"The payer types the code {request.code}."
            case "agree":
                return {"consent": "true"}, "The payer agrees to the plan of four parts."
            case _:
                raise PayerError(f"payment in parts has an unknown step {step!r}")

    async def _pay_first_part(self) -> VisitEnd:
        self._visit.add_step("The page asks for the card of the first part.")
        return await CardPayer(self._request, self._visit, way=WAY).pay()

    async def _without_form(self) -> VisitEnd:
        """The service has refused the payer, or the order cannot be paid in parts."""
        self._visit.add_step("The page does not offer payment in parts.")
        return VisitEnd(error="the order cannot be paid in parts by this payer")

    async def _open(self) -> Answer:
        visit = self._visit
        order = visit.page_order.order
        name = PageName(order.request.page_view or "DESKTOP", Kind.PAYMENT, visit.language)
        login = visit.page_order.merchant.login
        address = page_address(visit.base_url, login, order.order_id, name)
        return await visit.browser.get(f"{address}&paymentWay={WAY}")
