"""A client of the payment page: registers orders as a shop, and opens and posts pages as a payer.

With it a test of the page reads as a list of what the payer does and gets.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from tests.asgi_client import Answer, AsgiClient
from tests.shop import CREDENTIALS, GOOD, Shop
from tests.staff import change_settings_of

RETURN_URL: Final = "https://shop.example/ok"
FAIL_URL: Final = "https://shop.example/sorry"
DECLINED: Final = "4444444444444422"  # not enrolled, the bank answers 913
ACS_CODE: Final = "12345678"
PAYER_IP: Final = "203.0.113.9"


@dataclass(frozen=True, slots=True)
class PageClient:
    """One shop and one payer. `http` sends the requests of both."""

    shop: Shop
    http: AsgiClient

    async def register(self, method: str = "register.do", **more: str) -> str:
        """Register an order of 1500.00 RUB; its id."""
        asked = {"amount": "150000", "returnUrl": RETURN_URL, "failUrl": FAIL_URL, **more}
        answer = await self.http.post(f"/payment/rest/{method}", {**CREDENTIALS, **asked})
        assert "orderId" in answer.json(), answer.text
        return str(answer.json()["orderId"])

    async def set(self, **settings: object) -> None:
        """Change settings of the shop, and wait until the gateway uses them."""
        await change_settings_of(self.shop, "test", **settings)

    async def status(self, order_id: str) -> dict[str, Any]:
        """The order's status as the shop reads it."""
        return await self.shop.call("getOrderStatusExtended.do", orderId=order_id)

    async def open(
        self, order_id: str, file: str = "payment_ru.html", login: str = "test"
    ) -> Answer:
        """Open a page of an order."""
        return await self.http.get(f"/payment/merchants/{login}/{file}", {"mdOrder": order_id})

    async def fill(
        self, order_id: str, form: dict[str, str], file: str = "payment_ru.html"
    ) -> Answer:
        """Post the card form of a page, as a browser without scripts does."""
        address = f"/payment/merchants/test/{file}?mdOrder={order_id}"
        return await self.http.post(address, {"MDORDER": order_id, **form})

    async def call(self, method: str, parameters: dict[str, str] | None = None) -> Answer:
        """Call a method of the page's protocol."""
        return await self.http.post(f"/payment/rest/{method}", parameters or {})

    async def session(self, order_id: str, **more: str) -> dict[str, Any]:
        """getSessionStatus.do."""
        answer = await self.call("getSessionStatus.do", {"MDORDER": order_id, **more})
        assert answer.status == 200
        return dict(answer.json())

    async def pay(self, order_id: str, pan: str = GOOD, **more: str) -> dict[str, Any]:
        """processform.do, as the page's scripts call it."""
        answer = await self.call("processform.do", {"MDORDER": order_id, **card(pan), **more})
        assert answer.status == 200, answer.text
        return dict(answer.json())

    async def at_bank(self, step: dict[str, Any], order_id: str, *answers: str | None) -> Answer:
        """Go to the ACS with a step's members and answer it (None cancels); the ACS's last page."""
        if "paReq" in step:
            sent = {"PaReq": step["paReq"], "MD": order_id, "TermUrl": step["termUrl"]}
        else:
            sent = {"creq": step["packedCReq"], "threeDSSessionData": step["session"]}
        page = await self.http.post(step["acsUrl"], sent)
        for each in answers:
            decision = "confirm" if each is not None else "cancel"
            typed = {"password": each or "", "decision": decision}
            page = await self.http.post(page.form.action, {**page.form.fields, **typed})
        return page

    async def back(self, page: Answer) -> Answer:
        """Post the form of the ACS's last page, as the browser does."""
        assert {"PaRes", "cres"} & page.form.fields.keys(), page.text
        return await self.http.post(page.form.action, page.form.fields)

    async def wait(self, **by: float) -> None:
        """Advance the sandbox's clock and run every timer that becomes due."""
        await self.shop.travel(timedelta(**by))

    def from_address(self, ip: str) -> PageClient:
        """The same shop with a payer at another address."""
        return replace(self, http=replace(self.http, ip=ip))


def card(
    pan: str = GOOD, *, cvc: str = "123", year: str = "2035", month: str = "12"
) -> dict[str, str]:
    """The fields of the card form, as the page's scripts send them."""
    return {"$PAN": pan, "$CVC": cvc, "YYYY": year, "MM": month, "TEXT": "IVAN PETROV"}


def typed(pan: str = GOOD, *, cvc: str = "123", expiry: str = "12 / 35") -> dict[str, str]:
    """The fields of the card form as they are typed, for a browser without scripts."""
    return {"$PAN": pan, "$CVC": cvc, "$EXPIRY": expiry, "TEXT": "IVAN PETROV"}


def path_of(address: str) -> str:
    """Path and query of an address."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
