"""What the pay button's script calls: registering an order and reading its result, from any site.

Only these two addresses answer other origins. They take a public token and no cookie, and the
second one tells about an order only to its own shop's token, so a foreign page gets nothing that
the token does not give. Source: personal-account.md §5.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from altyn.domain.web_address import web_address
from altyn.inbound.call_log import record_link_call
from altyn.inbound.payment_page import responses
from altyn.inbound.payment_page.page_order import PageOrder, find_page_order
from altyn.inbound.payment_page.pages import end_result
from altyn.inbound.rest.answers import base_url_of, client_ip
from altyn.inbound.shop_links.pages import render
from altyn.inbound.shop_links.payer_form import read_pairs
from altyn.inbound.shop_links.registering import (
    LinkRegistration,
    NotRegistered,
    Wanted,
    record_refusal,
)
from altyn.inbound.shop_links.static_link import FOLDER, TOKEN
from altyn.inbound.shop_links.texts import link_text
from altyn.look import LANGUAGES
from altyn.protocol.dialects.classic.methods import REGISTER
from altyn.protocol.dialects.classic.return_links import final_link

ORDERS_PATH: Final = f"{FOLDER}/ipay/orders"
STATUS_NAME: Final = "ipay/status"
STATUS_PATH: Final = f"{FOLDER}/{STATUS_NAME}"
RETURN_PATH: Final = f"{FOLDER}/ipay-return.html"
ROUBLES: Final = "RUB"
ROUBLE_CODES: Final = frozenset({ROUBLES, "643", "810", ""})
WAITING: Final = "waiting"
REFUSED: Final = 400
# No Access-Control-Allow-Credentials: a browser sends no cookie, and the answer depends on none.
ANY_ORIGIN: Final = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
_JSON: Final = "application/json;charset=UTF-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class PayButton:
    """Serves the calls of the script, and the page to which the payer returns."""

    registration: LinkRegistration
    public_url: str | None
    sandbox: bool

    async def register(self, request: Request) -> Response:
        """Register an order: `{orderId, orderNumber, formUrl}`, or `{errorMessage}`.

        A refusal has the status 200, as one of register.do; 429 is for too many orders.
        """
        record_link_call(REGISTER.name, REGISTER)
        sent = dict(await read_pairs(request))
        language = _language(sent.get("language", ""))
        shop = await self.registration.shop_of(sent.get(TOKEN, ""))
        if sent.get("currency", ROUBLES).upper() not in ROUBLE_CODES:
            return _problem("currency", "currency", language)
        if shop is None:
            return _problem("bad_token", TOKEN, language)
        base_url = self.public_url or base_url_of(request.scope)
        origin = page_origin(request.headers.get("origin", ""))
        query = urlencode({"origin": origin})
        wanted = Wanted(
            token=sent[TOKEN],
            fields={
                "amount": sent.get("amount", ""),
                "orderNumber": sent.get("order_number", ""),
                "description": sent.get("description", ""),
            },
            ip=client_ip(request.scope),
            language=language,
            base_url=base_url,
            return_url=f"{base_url}{RETURN_PATH}?{query}",
        )
        done = await self.registration.register(wanted)
        if isinstance(done, NotRegistered):
            text = done.text or link_text(done.key, language=language)
            return _answer({"errorMessage": text}, done.status if done.status != REFUSED else 200)
        members = {
            "orderId": done.order_id,
            "orderNumber": done.order_number,
            "formUrl": done.form_url,
        }
        return _answer(members)

    async def status(self, request: Request) -> Response:
        """The result of an order of the token's shop: `status` is paid, held, failed or waiting."""
        record_link_call(STATUS_NAME)
        sent = dict(await read_pairs(request))
        language = _language(sent.get("language", ""))
        shop = await self.registration.shop_of(sent.get(TOKEN, ""))
        found = await find_page_order(sent.get("orderId"), self.registration.world)
        if shop is None or found is None or found.order.merchant_id != shop.merchant_id:
            return _problem("no_order", "orderId", language, 404)
        return _answer(_order_members(found, language))

    async def returned(self, request: Request) -> Response:
        """The page after the payment, in the window that the script has opened."""
        query = request.query_params
        language = _language(query.get("lang", ""))
        found = await find_page_order(query.get("orderId"), self.registration.world)
        result = ""
        if found is not None:
            result = final_link("", found.merchant.login, found.order.order_id, language)
        html = render(
            "returned.html",
            language,
            sandbox=self.sandbox,
            script=f"{FOLDER}/assets/js/ipay-return.js",
            order_id=found.order_id if found else "",
            origin=page_origin(query.get("origin", "")),
            result=result,
        )
        return responses.page(html)


def page_origin(text: str) -> str:
    """The origin of a page on the web; empty for any other text, such as `null`."""
    parts = urlsplit(text) if web_address(text) else None
    return f"{parts.scheme}://{parts.netloc}" if parts and "@" not in parts.netloc else ""


def _order_members(found: PageOrder, language: str) -> dict[str, object]:
    order = found.order
    amount = found.amount
    return {
        "orderId": found.order_id,
        "orderNumber": order.order_number,
        "status": end_result(found).value if found.over else WAITING,
        "amount": amount.text(),
        "formattedAmount": amount.human(language),
        "currency": amount.currency.alpha,
        "description": order.request.description or "",
        "actionCode": order.action_code,
        "actionCodeDescription": "" if found.paid else found.decline_text(language),
    }


def _language(text: str) -> str:
    return text if text in LANGUAGES else "ru"


def _problem(key: str, parameter: str, language: str, status: int = 200) -> Response:
    record_refusal(key, parameter)
    return _answer({"errorMessage": link_text(key, language=language)}, status)


def _answer(members: Mapping[str, object], status: int = 200) -> Response:
    return Response(msgspec.json.encode(members), status, dict(ANY_ORIGIN), _JSON)
