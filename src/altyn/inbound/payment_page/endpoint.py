"""The payment page's door: the pages that a payer's browser opens, with scripts or without.

It exists so that a payer can pay without the shop ever seeing a card. What the pages ask for while
they are open is `ajax.py`. Source: payment-page.md §1, §2, §5, §6; 004 (pageView, returnUrl).
"""

import asyncio
import gzip
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from altyn.inbound.http.request_reader import BodyTooLarge, Disconnected, Limits, read_fields
from altyn.inbound.payment_page import answers, pages
from altyn.inbound.payment_page.addresses import FINISH_FILE, Kind, PageName, read_page_name
from altyn.inbound.payment_page.ajax import Ajax
from altyn.inbound.payment_page.card_form import PageForm
from altyn.inbound.payment_page.pages import Showing
from altyn.inbound.payment_page.payer import payer_of
from altyn.inbound.payment_page.paying import Paid, Payer, pay
from altyn.inbound.payment_page.shop_templates import ShopTemplates
from altyn.inbound.payment_page.texts import DEFAULT_LANGUAGE, LANGUAGES, known_language
from altyn.inbound.payment_page.view import STATIC, Trouble
from altyn.inbound.payment_page.visits import Visit, find_visit
from altyn.look.static_files import CACHE_CONTROL
from altyn.operations.paying.payer_address import decide_payer_address
from altyn.operations.perform import perform
from altyn.operations.ports import World

SHOP_ASSET_CACHE: Final = "public, max-age=300"
COMPRESSED: Final = {
    name: gzip.compress(file.content, mtime=0) for name, file in STATIC.files.items()
}
log = structlog.get_logger("altyn.payment_page")


def routes(
    world: World,
    *,
    sandbox: bool,
    templates_folder: Path | None,
    public_url: str | None,
    limits: Limits,
    acs_origins: tuple[str, ...] = (),
) -> list[BaseRoute]:
    """The pages, their files, and the page's protocol under `/payment/rest/`.

    `acs_origins` narrows the frames of our own page to these origins, where they are known.
    """
    door = PageDoor(
        world=world,
        sandbox=sandbox,
        templates=ShopTemplates(templates_folder),
        public_url=public_url,
        limits=limits,
        acs_origins=acs_origins,
    )
    ajax = Ajax(world, sandbox=sandbox, public_url=public_url, limits=limits)
    both = ["GET", "POST"]
    return [
        Route("/payment/merchants/{login}/{path:path}", door.serve, methods=both),
        Route("/payment/static/{digest}/{name}", serve_static, methods=["GET"]),
        Route("/payment/rest/{method}", ajax.serve, methods=both),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDoor:
    """Serves the addresses below `/payment/merchants/<login>/`."""

    world: World
    sandbox: bool
    templates: ShopTemplates
    public_url: str | None
    limits: Limits
    acs_origins: tuple[str, ...]

    async def serve(self, request: Request) -> Response:
        """A page by its name, or a file of the shop's own page set."""
        file = request.path_params["path"]
        name = read_page_name(file)
        if name is None and file != FINISH_FILE:
            return await self._asset(request.path_params["login"], file)
        try:
            if name is None:
                return await self._finish(request)
            if request.method == "POST" and name.kind is Kind.PAYMENT:
                return await self._post(request, name)
            return await self._get(request, name)
        except Disconnected:
            return PlainTextResponse("the request was not completed\n", 408)
        except BodyTooLarge:
            return PlainTextResponse("the form is too large\n", 413)
        except Exception:
            log.exception("page_failed", file=file)
            language = name.language if name else DEFAULT_LANGUAGE
            return self._stray(language, 503, Trouble.UNAVAILABLE)

    # ── Opening a page ────────────────────────────────────────────────────────────────────────────

    async def _get(self, request: Request, name: PageName) -> Response:
        visit = await self._visit(request, request.query_params.get("mdOrder"))
        if visit is None:
            return self._stray(name.language, 404)
        showing = self._showing(request, visit, name)
        if visit.paid or (visit.over and name.kind is Kind.PAYMENT):
            return answers.redirect(visit.way_back(showing.base_url, showing.language))
        if name.kind is Kind.ERRORS:
            return await self._errors(visit, showing)
        visit = await self._noted(visit, request)
        if visit.waiting:
            return answers.page(pages.waiting_page(visit, showing))
        if visit.merchant.blocked or not visit.order.attempts_left:
            return answers.page(pages.errors_page(visit, showing))
        own = await self._own_page(visit, name)
        if own is not None:
            return answers.shop_page(own, visit.order)
        return self._payment(visit, showing)

    async def _errors(self, visit: Visit, showing: Showing) -> Response:
        order = visit.order
        untouched = order.payable and not visit.decline_text(showing.language)
        if untouched and order.attempts_left and not visit.merchant.blocked:
            # Nothing is wrong (yet): a clock of a browser that is a little ahead.
            return answers.redirect(
                pages.place_of(
                    visit, showing.base_url, showing.name.language, showing.name.page_view
                )
            )
        own = await self._own_page(visit, showing.name)
        if own is not None:
            return answers.shop_page(own, order)
        return answers.page(pages.errors_page(visit, showing))

    async def _finish(self, request: Request) -> Response:
        """The result, for shops that gave no address or want it shown here."""
        query = request.query_params
        visit = await self._visit(request, query.get("orderId") or query.get("mdOrder"))
        asked = known_language(query.get("lang", DEFAULT_LANGUAGE))
        if visit is None:
            return self._stray(asked, 404)
        view = visit.order.request.page_view or "DESKTOP"
        name = PageName(view, Kind.PAYMENT, visit.language(query.get("lang")))
        showing = self._showing(request, visit, name)
        if not visit.over:
            return answers.redirect(pages.place_of(visit, showing.base_url, showing.language))
        own = await asyncio.to_thread(self.templates.read, visit.merchant.login, FINISH_FILE)
        if own is not None:
            return answers.shop_page(own, visit.order)
        return answers.page(pages.finish_page(visit, showing))

    # ── Paying without scripts ────────────────────────────────────────────────────────────────────

    async def _post(self, request: Request, name: PageName) -> Response:
        fields = await read_fields(request.scope, request.receive, self.limits)
        visit = await self._visit(request, fields.get("mdOrder") or fields.get("MDORDER"))
        if visit is None:
            return self._stray(name.language, 404)
        showing = self._showing(request, visit, name)
        form = PageForm(fields)
        payer = self._payer(request, showing.language)
        if visit.merchant.blocked:
            return answers.page(pages.errors_page(visit, showing))
        tried = await pay(form, visit, payer, self.world, sandbox=self.sandbox)
        return self._after(tried, form, showing)

    def _after(self, tried: Paid, form: PageForm, showing: Showing) -> Response:
        """Where a browser without scripts goes after a try to pay."""
        visit = tried.visit
        if visit.over:
            return answers.redirect(visit.way_back(showing.base_url, showing.language), 303)
        if tried.members.get("waiting"):
            return answers.redirect(showing.here(visit), 303)
        step = pages.step_page(tried, showing)
        if step is not None:
            return answers.page(step, order=visit.order, acs_origins=self.acs_origins)
        if not visit.order.attempts_left:
            return answers.page(pages.errors_page(visit, showing))
        return self._payment(visit, showing, form, tried)

    # ── Parts ─────────────────────────────────────────────────────────────────────────────────────

    def _payment(
        self,
        visit: Visit,
        showing: Showing,
        form: PageForm | None = None,
        tried: Paid | None = None,
    ) -> Response:
        typed = form.typed if form else None
        html = pages.payment_page(visit, showing, self.world.clock, typed=typed, tried=tried)
        return answers.page(html, order=visit.order, acs_origins=self.acs_origins)

    async def _visit(self, request: Request, order_id: str | None) -> Visit | None:
        """The order, if it belongs to the shop in whose folder it was asked for."""
        visit = await find_visit(order_id, self.world)
        belongs = visit is not None and visit.merchant.login == request.path_params["login"]
        return visit if belongs else None

    async def _noted(self, visit: Visit, request: Request) -> Visit:
        """Note the payer's address with the order, where it is new."""
        ip = self._payer(request, DEFAULT_LANGUAGE).ip
        if visit.over or not ip or visit.order.payer_ip == ip:
            return visit
        decision = await perform(
            lambda order, now: decide_payer_address(order, ip, now),
            visit.key,
            world=self.world,
            actor=self._payer(request, DEFAULT_LANGUAGE).actor,
        )
        return replace(visit, order=decision.order or visit.order)

    async def _own_page(self, visit: Visit, name: PageName) -> bytes | None:
        """The shop's own version: in the language asked for, else its default, else Russian."""
        default = visit.merchant.settings.default_language
        languages = (name.language, default, DEFAULT_LANGUAGE)
        return await asyncio.to_thread(self.templates.page, visit.merchant.login, name, *languages)

    async def _asset(self, login: str, path: str) -> Response:
        found = await asyncio.to_thread(self.templates.asset, login, path)
        if found is None:
            return self._stray(DEFAULT_LANGUAGE, 404)
        content, media_type = found
        headers = {"Cache-Control": SHOP_ASSET_CACHE, "X-Content-Type-Options": "nosniff"}
        # A picture opened by itself (SVG may carry scripts) runs nothing.
        headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
        return Response(content, headers=headers, media_type=media_type)

    def _showing(self, request: Request, visit: Visit, name: PageName) -> Showing:
        default = visit.merchant.settings.default_language
        spoken = (name.language, default, DEFAULT_LANGUAGE)
        return Showing(
            name=name,
            language=next((each for each in spoken if each in LANGUAGES), DEFAULT_LANGUAGE),
            base_url=self._payer(request, DEFAULT_LANGUAGE).base_url,
            sandbox=self.sandbox,
        )

    def _payer(self, request: Request, language: str) -> Payer:
        return payer_of(request, language, self.public_url)

    def _stray(self, language: str, status: int, trouble: Trouble = Trouble.NOT_FOUND) -> Response:
        html = pages.stray_page(known_language(language), sandbox=self.sandbox, trouble=trouble)
        return answers.page(html, status)


async def serve_static(request: Request) -> Response:
    """A file of our pages, for ever: its address changes with its contents."""
    file = STATIC.find(request.path_params["name"])
    if file is None or request.path_params["digest"] != STATIC.digest:
        return PlainTextResponse("not found\n", 404)
    headers = {
        "Cache-Control": CACHE_CONTROL,
        "X-Content-Type-Options": "nosniff",
        "Vary": "Accept-Encoding",
    }
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(COMPRESSED[file.name], headers=headers, media_type=file.media_type)
    return Response(file.content, headers=headers, media_type=file.media_type)
