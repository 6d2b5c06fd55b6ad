"""The simulated payer pays by card: types it on the page, and the code on the bank's page.

Source: payment-page.md §3.2, §4; codes.md §9.
"""

import re
from enum import StrEnum
from http import HTTPStatus
from typing import Any, ClassVar, Final, Literal

from altyn.domain.clearing import clear
from altyn.inbound.sandbox.payer.browser import Answer, PayerError
from altyn.inbound.sandbox.payer.request import PayerRequest
from altyn.inbound.sandbox.payer.visit import Visit, VisitEnd
from altyn.protocol.payment_ways import PaymentWay
from altyn.protocol.test_cards import ACS_CODE_CLASSIC, TestCard, lookup
from altyn.protocol.threeds_version2 import pack_session_data

BANK_PAGES_MAX: Final = 6
ANY_EXPIRY: Final = "203412"
ANY_CVC: Final = "123"
ANY_CVC_OF_FOUR: Final = "1234"
AMERICAN_EXPRESS: Final = ("34", "37")
_EXPIRY: Final = re.compile("[0-9]{6}")


class AtAcs(StrEnum):
    """What the payer does on the bank's page."""

    CONFIRM = "CONFIRM"
    CANCEL = "CANCEL"
    LEAVE = "LEAVE"


class CardRequest(PayerRequest, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Pay by card. The card is used for this request only and printed nowhere.

    A missing `expiry` (YYYYMM), `cvc` or `otp` is the right one of the test card. `acs` says what
    the payer does when the bank asks for the code.
    """

    pays_by: ClassVar[PaymentWay] = PaymentWay.CARD

    pan: str
    expiry: str | None = None
    cvc: str | None = None
    otp: str | None = None
    holder: str = "CARD HOLDER"
    acs: AtAcs = AtAcs.CONFIRM

    def __repr__(self) -> str:
        return f"CardRequest({_masked(self.digits)})"

    @property
    def digits(self) -> str:
        """The card's number without blanks."""
        return self.pan.replace(" ", "")

    def check(self) -> None:
        """Raise ValueError for members that do not fit together, in the order of the members."""
        if self.expiry is not None and not _EXPIRY.fullmatch(self.expiry):
            raise ValueError("expiry: six digits, year and month, as 203412")
        if self.otp is not None and self.acs is not AtAcs.CONFIRM:
            raise ValueError(f"otp: no code is typed with acs={self.acs}; leave one of them out")

    def clear(self) -> None:
        """Overwrite the card number; nothing else holds this text."""
        clear(self.pan)

    async def play(self, visit: Visit) -> VisitEnd:
        """Pay the order of the visit. Raises PayerError: a page did not behave."""
        return await CardPayer(self, visit).pay()


class CardPayer:
    """A payer with a card at the payment page. `way` names a way that begins with a card."""

    def __init__(self, request: CardRequest, visit: Visit, *, way: str = "") -> None:
        version: Literal["1", "2"] = (
            "2" if visit.page_order.merchant.settings.tds_version == "2" else "1"
        )
        self._request = request
        self._visit = visit
        self._way = {"paymentWay": way} if way else {}
        self._listed = lookup(request.digits, tds_version=version)
        self._code = right_code(self._listed) if request.otp is None else request.otp

    async def pay(self) -> VisitEnd:
        """Type the card, and do what the bank asks for. Returns where the visit ended."""
        visit, form = self._visit, self._form()
        visit.add_contact(self._request.contact)
        visit.add_step(f"The payer types the card {_masked(self._request.digits)} and presses Pay.")
        answer = await visit.process(form)
        if answer.get("is3DSVer2") and "threeDSMethodURL" in answer:
            answer = await self._three_ds_method(answer, form)
        if answer.get("acsUrl"):
            return await self._visit_bank(answer)
        return self._without_code(await visit.end_of(answer))

    def _form(self) -> dict[str, str]:
        request, listed = self._request, self._listed
        own_expiry = listed.expiry.wire if listed and listed.expiry else ANY_EXPIRY
        any_cvc = ANY_CVC_OF_FOUR if request.digits.startswith(AMERICAN_EXPRESS) else ANY_CVC
        own_cvc = listed.cvc if listed and listed.cvc else any_cvc
        expiry = own_expiry if request.expiry is None else request.expiry
        return {
            "$PAN": request.digits,
            "$CVC": own_cvc if request.cvc is None else request.cvc,
            "$EXPIRY": expiry,
            "YYYY": expiry[:4],
            "MM": expiry[4:],
            "TEXT": request.holder,
            **request.contact,
            **self._way,
        }

    async def _three_ds_method(
        self, answer: dict[str, Any], form: dict[str, str]
    ) -> dict[str, Any]:
        """3-D Secure 2: run the 3DS method in the browser, then send the card again."""
        visit, completed = self._visit, "U"
        if answer["threeDSMethodURL"]:
            visit.add_step("3-D Secure 2: the bank checks the browser (in a hidden frame).")
            data = {"threeDSMethodData": str(answer["threeDSMethodDataPacked"])}
            page = await visit.browser.post(str(answer["threeDSMethodURL"]), data)
            if (notification := page.form()) is not None:
                await visit.browser.post(notification.action, notification.fields)
                completed = "Y"
        transaction = str(answer["threeDSServerTransId"])
        method_result = {"threeDSServerTransId": transaction, "threeDSCompInd": completed}
        return await visit.process({**form, **method_result})

    async def _visit_bank(self, answer: dict[str, Any]) -> VisitEnd:
        """Submit the forms of the bank's pages until the browser is back at the gateway."""
        page, asked = await self._open_bank(answer), False
        for _ in range(BANK_PAGES_MAX):
            form = page.form()
            if form is None:
                end = await self._back_from_bank(page)
                return end if asked else self._without_code(end)
            if "password" not in form.inputs:
                self._visit.add_step("The bank sends the payer back to the gateway.")
                page = await self._visit.browser.post(form.action, form.fields)
                continue
            if self._request.acs is AtAcs.LEAVE:
                self._visit.add_step("The bank asks for a code; the payer leaves.")
                return VisitEnd(left="the payer left the bank's page without a code")
            asked = True
            page = await self._visit.browser.post(form.action, {**form.fields, **self._typed()})
        raise PayerError(f"the bank showed more than {BANK_PAGES_MAX} pages")

    async def _open_bank(self, answer: dict[str, Any]) -> Answer:
        """Open the bank's page, in 3-D Secure 1 or 2."""
        order_id = self._visit.page_order.order_id
        if answer.get("packedCReq"):
            version, fields = (
                2,
                {
                    "creq": str(answer["packedCReq"]),
                    "threeDSSessionData": pack_session_data(order_id),
                },
            )
        else:
            version, fields = (
                1,
                {
                    "PaReq": str(answer["paReq"]),
                    "MD": order_id,
                    "TermUrl": str(answer["termUrl"]),
                },
            )
        self._visit.add_step(f"3-D Secure {version}: the browser opens the bank's page.")
        return await self._visit.browser.post(str(answer["acsUrl"]), fields)

    def _typed(self) -> dict[str, str]:
        if self._request.acs is AtAcs.CANCEL:
            self._visit.add_step("The bank asks for a code; the payer cancels.")
            return {"password": "", "decision": "cancel"}
        self._visit.add_step(f"The bank asks for a code; the payer types {self._code}.")
        return {"password": self._code, "decision": "confirm"}

    async def _back_from_bank(self, page: Answer) -> VisitEnd:
        if page.status >= HTTPStatus.BAD_REQUEST:
            raise PayerError(f"{page.address} answered {page.status}: {page.text.strip()[:200]}")
        return await self._visit.end_now()

    def _without_code(self, end: VisitEnd) -> VisitEnd:
        """The end of a visit in which no bank asked for a code; a given otp was not used."""
        if self._request.otp is None:
            return end
        return end.with_unused("otp")


def right_code(card: TestCard | None) -> str:
    """The code that the bank's page accepts for this card."""
    return card.acs_code if card and card.acs_code else ACS_CODE_CLASSIC


def _masked(pan: str) -> str:
    return f"{pan[:6]}**{pan[-4:]}" if len(pan) > 10 else "**"  # noqa: PLR2004 - ten digits shown
