"""The simulated payer pays in parts: phone, code, consent, then the card for the first part.

The service keeps the steps that were taken before, so a second visit goes on where the first one
has ended: with another card, another code or another phone. Source: bnpl.md §5.
"""

from typing import ClassVar, Final

from altyn.domain.instalments import WAY
from altyn.domain.phone import russian_phone
from altyn.inbound.payment_page.bnpl.pages import STEP, TEST_CODE
from altyn.inbound.sandbox.payer.browser import Answer, PayerError
from altyn.inbound.sandbox.payer.card import CardPayer, CardRequest
from altyn.inbound.sandbox.payer.page import Form
from altyn.inbound.sandbox.payer.visit import Visit, VisitEnd
from altyn.protocol.payment_ways import PaymentWay

STEPS_MAX: Final = 10
OK: Final = 200
SEE_OTHER: Final = 303
NOT_OFFERED: Final = "the page does not offer payment in parts"
REFUSED_BEFORE: Final = (
    "The service has refused this phone before. Send another phone, or the same one a minute later "
    "by the gateway's clock (altyn clock advance 1m)"
)
NO_CODE: Final = (
    "Send another phone, or pay again after this time by the gateway's clock "
    "(altyn clock advance 1m)"
)


class BnplRequest(CardRequest, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Pay in parts. `phone` gets the code; a missing `code` is the right one. The card pays the
    first part."""

    typed_elsewhere: ClassVar[frozenset[str]] = frozenset({"phone"})
    pays_by: ClassVar[PaymentWay] = PaymentWay.BNPL

    code: str | None = None

    def check(self) -> None:
        """Raise ValueError for members that do not fit together, in the order of the members."""
        if not self.phone:
            raise ValueError("phone: the phone that gets the code, as 79998887766")
        if not self.digits.strip():
            raise ValueError("pan: the card that pays the first part; see GET /sandbox/cards")
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
        self._phone = request.phone or ""
        self._code = TEST_CODE if request.code is None else request.code
        self._posted: list[str] = []

    async def pay(self) -> VisitEnd:
        """Go through the steps that are left, then pay the first part. Returns where the visit
        ended."""
        end = await self._pay()
        if self._request.code is None or "code" in self._posted:
            return end
        return end.with_unused("code")

    async def _pay(self) -> VisitEnd:
        page = await self._with_own_phone(await self._open())
        for _ in range(STEPS_MAX):
            if page.status != OK:
                return await self._visit.end_now()
            form = page.form()
            if form is None:
                return await self._without_form(page)
            step = form.fields.get(STEP, "")
            if not step:
                return await self._pay_first_part()
            form = self._form_to_post(step, page)
            if form is None:
                return self._stopped(page)
            page = await self._post(form)
        raise PayerError(f"payment in parts had more than {STEPS_MAX} steps")

    async def _with_own_phone(self, page: Answer) -> Answer:
        """Go on with the steps that were taken with the payer's phone. With another phone, and
        after a refusal by the service, the payer types the phone."""
        form = page.form()
        if page.status != OK or (form is None and not _leads_to_phone(page)):
            return page
        if form is not None and form.fields.get(STEP) == "phone":
            return page
        phone_step = await self._open(other_phone=True)
        form = phone_step.form()
        if form is None or form.fields.get(STEP) != "phone":
            return page
        known = russian_phone(form.typed.get("phone", ""))
        if known == russian_phone(self._phone) and page.form() is not None:
            self._visit.add_step(f"The payer goes on with the phone {self._phone}.")
            return page
        return phone_step

    def _form_to_post(self, step: str, page: Answer) -> Form | None:
        """The form that the payer posts at a step; None when the page does not accept the step.

        A right code that is not accepted was typed wrong too often before: the payer asks for a new
        code, once.
        """
        read, last = page.page(), self._posted[-1] if self._posted else ""
        forms = {each.fields.get(STEP, ""): each for each in read.forms}
        if last == "resend" and read.alerts:
            return None
        if last != step:
            return forms[step]
        may_resend = step == "code" and self._code == TEST_CODE and "resend" not in self._posted
        return forms.get("resend") if may_resend else None

    async def _post(self, form: Form) -> Answer:
        """Post the form of a step; the page that follows."""
        step = form.fields[STEP]
        typed, text = self._typed(step)
        self._posted.append(step)
        self._visit.add_step(text)
        answer = await self._visit.browser.post(form.action, {**form.fields, **typed})
        return await self._open() if answer.status == SEE_OTHER else answer

    def _typed(self, step: str) -> tuple[dict[str, str], str]:
        match step:
            case "phone":
                text = f"The payer types the phone {self._phone} and asks for a code."
                return {"phone": self._phone}, text
            case "code":
                return {"code": self._code}, f"The payer types the code {self._code}."
            case "resend":
                return {}, "The page takes no code any more; the payer asks for a new one."
            case "agree":
                return {"consent": "true"}, "The payer agrees to the plan of four parts."
            case _:
                raise PayerError(f"payment in parts has an unknown step {step!r}")

    async def _pay_first_part(self) -> VisitEnd:
        if not await self._visit.reason_against_way():
            self._visit.add_step("The page asks for the card of the first part.")
        return await CardPayer(self._request, self._visit, way=WAY).pay()

    async def _without_form(self, page: Answer) -> VisitEnd:
        """The service has refused the payer or does not answer, or the order cannot be paid in
        parts."""
        shown = " ".join(page.page().alerts) or NOT_OFFERED
        self._visit.add_step(f"The page shows: {shown}")
        if _leads_to_phone(page) and "code" not in self._posted:
            return VisitEnd(error=REFUSED_BEFORE)
        if reason := await self._visit.reason_against_way():
            return VisitEnd(error=f"{shown.rstrip('.')}. {reason[0].upper()}{reason[1:]}")
        return VisitEnd(error=shown)

    def _stopped(self, page: Answer) -> VisitEnd:
        """The page shows the same step again, with what is wrong."""
        step = self._posted[-1]
        shown = " ".join(page.page().alerts) or f"the page did not accept the {step}"
        if step == "resend":
            return VisitEnd(error=f"{shown.rstrip('.')}. {NO_CODE}")
        return VisitEnd(error=shown, field_errors={step: shown})

    async def _open(self, *, other_phone: bool = False) -> Answer:
        at_phone = f"&{STEP}=phone" if other_phone else ""
        return await self._visit.payment_page(f"&paymentWay={WAY}{at_phone}")


def _leads_to_phone(page: Answer) -> bool:
    """Whether the page has the link to the phone step, as after a refusal by the service."""
    return any(f"{STEP}=phone" in link for link in page.page().links)
