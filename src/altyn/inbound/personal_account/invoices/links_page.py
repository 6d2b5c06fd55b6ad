"""The page that makes static links with their QR code, and the code of the pay button.

Nothing is stored: a link is its address, and works as long as the shop's token.
Source: personal-account.md §5.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute

from altyn.domain.account.roles import Action
from altyn.domain.mail_address import refusal_of_addresses
from altyn.domain.money import RUB
from altyn.inbound.personal_account.access import AccountAccess, AccountRequest
from altyn.inbound.personal_account.invoices.texts import RENDER, invoice_text
from altyn.inbound.personal_account.pages import LINKS_PATH, account_frame
from altyn.inbound.rest.answers import base_url_of
from altyn.inbound.shop_links.registering import LinkRegistration
from altyn.inbound.shop_links.static_link import (
    ASK,
    FIELDS,
    FOLDER,
    StaticLink,
    read_static_link,
)
from altyn.inbound.web.amounts import minor_units
from altyn.inbound.web.responses import page
from altyn.look.qr import qr_png, qr_svg

BAD_REQUEST: Final = 400
QR_SIDE: Final = 280
PRINT_SIDE: Final = 1000
LINK_CHARS_MAX: Final = 1500
"""A longer text makes a code that phones read badly."""

BUTTON: Final = """<link rel="stylesheet" href="{base}/assets/css/modal.css">
<script src="{base}/assets/js/ipay.js"></script>
<script src="{base}/assets/js/ipay-modal.js"></script>
<button type="button" id="pay">{pay}</button>
<script>
  const ipay = new IPAY({{ api_token: "{token}" }});
  document.getElementById("pay").onclick = () => ipayCheckout(
    {{ amount: 499.99, currency: "RUB", order_number: "", description: "{description}" }},
    (order) => console.log("paid", order),
    (order) => console.log("not paid", order),
  );
</script>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinksPage:
    """The page `/mportal3/payment-links`. `known_tokens` are the sandbox's own, by shop."""

    access: AccountAccess
    registration: LinkRegistration
    known_tokens: Mapping[str, str] = field(default_factory=dict)

    def routes(self) -> list[BaseRoute]:
        """The addresses of the page."""
        served = (("GET", self.show), ("POST", self.make))
        return [
            self.access.page(method, LINKS_PATH, work, needs=Action.INVOICES)
            for method, work in served
        ]

    async def show(self, asked: AccountRequest) -> Response:
        """The form, with the amount and the e-mail to be asked."""
        token = self.known_tokens.get(asked.current.merchant.login, "")
        if token and not await self._is_own(asked, token):
            token = ""  # it was replaced
        return self._page(asked, StaticLink(token=token, asked=("amount", "email")))

    async def make(self, asked: AccountRequest) -> Response:
        """The link of the form."""
        language = account_frame(asked.request, asked.current, "", sandbox=False).language
        link = read_static_link(asked.pairs)
        wrong = {
            name: invoice_text(key, language=language)
            for name, key in (await self._wrong(asked, link)).items()
        }
        return self._page(asked, link, wrong, is_made=not wrong)

    async def _wrong(self, asked: AccountRequest, link: StaticLink) -> dict[str, str]:
        """The fields that are wrong, each with the key of the text about it."""
        wrong: dict[str, str] = {}
        if not await self._is_own(asked, link.token):
            wrong["token"] = "wrong_token"  # noqa: S105 - the key of a text
        amount, email = link.fixed.get("amount"), link.fixed.get("email")
        if amount is not None and (minor_units(amount) or 0) <= 0:
            wrong["amount"] = "wrong_amount"
        if email and ("," in email or refusal_of_addresses(email)):
            wrong["email"] = "wrong_email"
        return wrong

    async def _is_own(self, asked: AccountRequest, token: str) -> bool:
        """Whether it is a valid token of the user's shop."""
        shop = await self.registration.shop_of(token)
        return shop is not None and shop.merchant_id == asked.current.merchant.merchant_id

    def _page(
        self,
        asked: AccountRequest,
        link: StaticLink,
        wrong: Mapping[str, str] | None = None,
        *,
        is_made: bool = False,
    ) -> Response:
        frame = account_frame(asked.request, asked.current, "links", sandbox=self.access.sandbox)
        base_url = self.access.public_url or base_url_of(asked.request.scope)
        address = link.address(base_url) if is_made else ""
        html = RENDER(
            "links.html",
            frame,
            path=LINKS_PATH,
            link=link,
            fields=FIELDS,
            ask=ASK,
            wrong=wrong or {},
            address=address,
            qr=_codes(address) if 0 < len(address) <= LINK_CHARS_MAX else {},
            button=_button(f"{base_url}{FOLDER}", link.token, frame.language),
            takes_roubles=RUB.code in asked.current.merchant.settings.currencies,
            has_ip_list=bool(asked.current.merchant.settings.ip_allow_list),
        )
        return page(html, BAD_REQUEST if wrong else 200)


def _codes(address: str) -> dict[str, str]:
    """The QR code as addresses that need no request."""
    svg = base64.b64encode(qr_svg(address, side=QR_SIDE)).decode()
    png = base64.b64encode(qr_png(address, side=PRINT_SIDE)).decode()
    return {"svg": f"data:image/svg+xml;base64,{svg}", "png": f"data:image/png;base64,{png}"}


def _button(base: str, token: str, language: str) -> str:
    """The code for a shop's page. A token that is no plain word is left out."""
    plain = token.replace("-", "").replace("_", "").isalnum() and token.isascii()
    words = {"ru": ("Оплатить", "Заказ на сайте"), "en": ("Pay", "Order on the site")}
    pay, description = words[language]
    shown = token if plain else "…"
    return BUTTON.format(base=base, token=shown, pay=pay, description=description)
