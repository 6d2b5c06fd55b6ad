"""One visit of the simulated payer to the payment page, whatever the way to pay.

Source: payment-page.md §3.1, §3.2.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlsplit

from altyn.domain.receipt.contact import needs_contact
from altyn.inbound.payment_page.addresses import Kind, PageName, page_address
from altyn.inbound.payment_page.page_order import PageOrder
from altyn.inbound.sandbox.payer.browser import Answer, Browser, PayerError
from altyn.inbound.sandbox.payer.phone import PayerPhone

SERVER_ERROR: Final = 500
CONTACT_NAMES: Final = {"email": "an e-mail address", "phone": "a phone number"}
MISSING: Final = "The payer has nothing to type: the request has neither email nor phone."
WAY_NOT_OFFERED: Final = "the order does not offer this way"
WAIT_SECONDS: Final = 60.0
POLL_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitEnd:
    """Where a visit ended, as the page showed it.

    `redirect` is where the browser was sent at last. `error` and `field_errors` are the page's own
    texts. `left` says why the payer left before the end. `unused` names the members of the request
    that no page asked for.
    """

    redirect: str | None = None
    error: str | None = None
    field_errors: dict[str, str] = field(default_factory=dict)
    left: str | None = None
    unused: tuple[str, ...] = ()

    def with_unused(self, *names: str) -> VisitEnd:
        """The same end, with more members of the request that no page asked for."""
        return replace(self, unused=(*self.unused, *names))


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A payer at the payment page of one order. `steps` says in words what the payer did.

    `page_order` is the order before the visit, `look` reads it again. `phone` answers the messages
    of a bank; None where there are no simulated phones. `why_not_offered` says why an order does
    not offer the way that the payer wants; None when it does.
    """

    browser: Browser
    page_order: PageOrder
    look: Callable[[], Awaitable[PageOrder]]
    language: str
    why_not_offered: Callable[[PageOrder], str | None]
    phone: PayerPhone | None = None
    steps: list[str] = field(default_factory=list)

    @property
    def base_url(self) -> str:
        """The gateway's address as the payer's browser reaches it."""
        return self.browser.base_url

    def add_step(self, text: str) -> None:
        """Note what the payer did or saw."""
        self.steps.append(text)

    def add_contact(self, contact: Mapping[str, str]) -> None:
        """Note what the payer types where the page asks where the receipt goes, or that it is
        missing."""
        if not needs_contact(self.page_order.order, self.page_order.merchant):
            return
        asked = "The page asks where the receipt goes"
        typed = " and ".join(CONTACT_NAMES[name] for name in contact)
        self.add_step(f"{asked}; the payer types {typed}." if typed else f"{asked}. {MISSING}")

    async def open_page(self) -> VisitEnd | None:
        """Open the payment page. The end of the visit when there is nothing to pay, else None."""
        await self.payment_page()
        status = await self.session()
        if status.get("redirect"):
            self.add_step("The payment page shows that this order is finished.")
            return self._redirected(status)
        if status.get("error"):
            return VisitEnd(error=str(status["error"]))
        self.add_step(
            f"The payment page shows order {status.get('orderNumber')}, {status.get('amount')}"
            f"{_time_left(status.get('remainingSecs'))}."
        )
        return None

    async def payment_page(self, query: str = "") -> Answer:
        """Open the payment page; `query` is added to its address. Raises PayerError: it fails."""
        order = self.page_order.order
        name = PageName(order.request.page_view or "DESKTOP", Kind.PAYMENT, self.language)
        login = self.page_order.merchant.login
        address = page_address(self.base_url, login, order.order_id, name)
        page = await self.browser.get(f"{address}{query}")
        if page.status >= SERVER_ERROR:
            raise PayerError(f"{page.address} answered {page.status}")
        return page

    async def session(self) -> dict[str, Any]:
        """getSessionStatus.do."""
        return (await self._post("getSessionStatus.do", {})).members()

    async def process(self, form: dict[str, str]) -> dict[str, Any]:
        """processform.do with the fields of the form."""
        return (await self._post("processform.do", form)).members()

    async def end_of(self, answer: dict[str, Any]) -> VisitEnd:
        """The end of the visit by an answer of processform.do that asks for no further step."""
        if answer.get("waiting"):
            return await self._wait_for_bank()
        wire_text = str(answer.get("errorMessage") or "")
        if "[paymentWay]" in wire_text:
            reason = await self.reason_against_way() or WAY_NOT_OFFERED
            return VisitEnd(error=f"{wire_text.rstrip('.')}: {reason}")
        if answer.get("redirect"):
            return self._redirected(answer)
        error = str(answer.get("error") or wire_text)
        fields = {str(name): str(text) for name, text in answer.get("fieldErrors", {}).items()}
        return VisitEnd(error=error or None, field_errors=fields)

    async def end_now(self) -> VisitEnd:
        """The end of the visit as the payment page shows the order at this moment."""
        status = await self.session()
        return await self._wait_for_bank() if status.get("waiting") else await self.end_of(status)

    async def reason_against_way(self) -> str | None:
        """Why the order does not offer the way that the payer wants, as it is now."""
        reason = self.why_not_offered(await self.look())
        return reason and f"{WAY_NOT_OFFERED}: {reason}"

    async def _wait_for_bank(self) -> VisitEnd:
        """Poll the page until the bank has answered, at most for WAIT_SECONDS of real time."""
        self.add_step("The bank has not answered yet; the page waits.")
        for _ in range(int(WAIT_SECONDS / POLL_SECONDS)):
            await asyncio.sleep(POLL_SECONDS)
            status = await self.session()
            if not status.get("waiting"):
                return await self.end_of(status)
        return VisitEnd(
            left=f"the bank did not answer within {WAIT_SECONDS:.0f} s; its answer may still come"
        )

    def _redirected(self, answer: dict[str, Any]) -> VisitEnd:
        redirect = str(answer["redirect"])
        self.add_step(f"The browser is sent to {_without_query(redirect)}")
        return VisitEnd(redirect=redirect)

    async def _post(self, method: str, form: dict[str, str]) -> Answer:
        fields = {"MDORDER": self.page_order.order_id, "language": self.language, **form}
        return await self.browser.post(f"{self.base_url}/payment/rest/{method}", fields)


def _time_left(seconds: object) -> str:
    """The time until the session expires, if the page shows it: ", 19 min 58 s left"."""
    if not isinstance(seconds, int):
        return ""
    minutes, rest = divmod(seconds, 60)
    return f", {minutes} min {rest} s left" if minutes else f", {rest} s left"


def _without_query(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}{parts.path}" if parts.netloc else address
