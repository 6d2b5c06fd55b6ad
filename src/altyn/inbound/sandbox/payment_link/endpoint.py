"""`/sandbox/orders/{orderId}/link`: the payment link of an order, as the screen of a till.

A clerk shows or prints the code, or sends the link. A real till does the same by the methods of
payment links. Source: bnpl.md §6.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from altyn.domain.card.free_text import mask_card_numbers
from altyn.domain.mail_address import MailAddressError, parse_mail_address
from altyn.domain.payment_link import Channel, sent_links
from altyn.domain.phone import russian_phone
from altyn.domain.refusals import Refusal
from altyn.inbound.http.forms import parse_form
from altyn.inbound.http.static_route import static_route
from altyn.inbound.payment_page.page_order import PageOrder, find_page_order
from altyn.inbound.payment_page.responses import NOT_FRAMED
from altyn.inbound.rest.answers import base_url_of, client_ip
from altyn.inbound.sandbox.answers import body_of, own_site_only
from altyn.inbound.sandbox.payment_link.page import (
    PAGE_POLICY,
    STATIC,
    STATIC_PATH,
    LinkView,
    render_link,
    render_missing,
    render_over,
)
from altyn.look import LANGUAGES
from altyn.operations.decisions import Refused
from altyn.operations.payment_link import SendLink, messages_left, refuse_link, send_link
from altyn.operations.ports import Actor, World
from altyn.protocol.dialects.classic.return_links import payment_link, qr_link

LINK_PATH: Final = "/sandbox/orders/{order_id}/link"
CLERK: Final = "clerk"
QR_SIDE: Final = 480
EXHAUSTED: Final = {
    Refusal.LINKS_EXHAUSTED: "exhausted",
    Refusal.SHOP_LINKS_EXHAUSTED: "shop_exhausted",
    Refusal.LINKS_USED_UP: "used_up",
}
"""The keys of the texts about messages that are too many."""


def payment_link_routes(world: World, public_url: str | None) -> list[BaseRoute]:
    """The page, and its static files. `public_url` is the gateway's address for payers."""
    endpoint = _LinkPage(world, public_url)
    return [
        Route(LINK_PATH, own_site_only(endpoint.serve), methods=["GET", "POST"]),
        static_route(STATIC_PATH, STATIC),
    ]


@dataclass(frozen=True, slots=True)
class _LinkPage:
    world: World
    public_url: str | None

    async def serve(self, request: Request) -> Response:
        """The page; a POST sends the link, and leads back to the page."""
        wanted = request.query_params.get("language", "")
        found = await find_page_order(request.path_params["order_id"], self.world)
        if found is None:
            return _page(render_missing(wanted if wanted in LANGUAGES else "ru"), 404)
        language = found.language(wanted if wanted in LANGUAGES else None)
        if refuse_link(found.order, found.merchant, self.world.clock.now()):
            return _page(render_over(language), 410)
        if request.method == "POST":
            return await self._send(request, found, language)
        sent = request.query_params.get("sent", "")
        receivers = [each.to for each in sent_links(found.order)]
        return await self._show(request, found, language, sent_to=sent if sent in receivers else "")

    async def _send(self, request: Request, found: PageOrder, language: str) -> Response:
        """Send the link, and lead back: a page that is loaded again then sends nothing."""
        fields = dict(parse_form(await body_of(request)))
        channel = Channel.SMS if Channel.SMS in fields else Channel.EMAIL
        typed = fields.get(channel, "")[:255]
        to = _receiver(channel, typed)
        if to is None:
            key = "bad_phone" if channel is Channel.SMS else "bad_email"
            return await self._show(
                request, found, language, channel=channel, problem=key, typed=typed
            )
        command = SendLink(channel=channel, to=to, link=self._link(request, found))
        decision = await send_link(
            command,
            found.order,
            merchant=found.merchant,
            world=self.world,
            actor=Actor(name=CLERK, ip=client_ip(request.scope)),
        )
        if isinstance(decision, Refused):
            problem, until = EXHAUSTED.get(decision.refusal), decision.until
            if problem is None:
                return _page(render_over(language), 410)
            return await self._show(
                request, found, language, channel=channel, problem=problem, until=until
            )
        address = request.url.include_query_params(language=language, sent=to)
        return RedirectResponse(f"?{address.query}", 303, headers=NOT_FRAMED)

    async def _show(
        self,
        request: Request,
        found: PageOrder,
        language: str,
        *,
        sent_to: str = "",
        channel: Channel | None = None,
        problem: str = "",
        typed: str = "",
        until: datetime | None = None,
    ) -> Response:
        view = LinkView(
            page_order=found,
            link=self._link(request, found),
            qr=f"{qr_link('', found.order.order_id, 'svg')}?size={QR_SIDE}",
            left=await messages_left(found.order, found.merchant, self.world),
            sent_to=sent_to,
            channel=channel,
            problem=problem,
            typed=mask_card_numbers(typed),
            until=until,
        )
        return _page(render_link(view, language))

    def _link(self, request: Request, found: PageOrder) -> str:
        base_url = self.public_url or base_url_of(request.scope)
        return payment_link(base_url, found.merchant.login, found.order)


def _receiver(channel: Channel, typed: str) -> str | None:
    """The phone number or the address in its normal form; None when it is neither."""
    if channel is Channel.SMS:
        return russian_phone(typed.strip())
    try:
        return str(parse_mail_address(typed))
    except MailAddressError:
        return None


def _page(html: str, status: int = 200) -> Response:
    return HTMLResponse(html, status, {**NOT_FRAMED, "Content-Security-Policy": PAGE_POLICY})
