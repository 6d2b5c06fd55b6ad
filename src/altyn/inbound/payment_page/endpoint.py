"""The endpoint of the payment page: the pages that a payer opens, with or without scripts.

With these pages a payer pays and the shop never handles the card. The methods that an open page
calls are in `methods.py`. Source: payment-page.md §1, §2, §5, §6; 004 (pageView, returnUrl).
"""

import gzip
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from altyn.domain.credit import awaits_credit
from altyn.domain.language import DEFAULT_LANGUAGE, text_language
from altyn.inbound.http.request_reader import (
    BodyTooLarge,
    BodyTooSlow,
    Disconnected,
    Limits,
    TooManyBodies,
    read_fields,
)
from altyn.inbound.payment_page import pages, responses
from altyn.inbound.payment_page.addresses import FINISH_FILE, Kind, PageName, read_page_name
from altyn.inbound.payment_page.bnpl.pages import STEP, PartsPages, Shown, chooses_parts
from altyn.inbound.payment_page.card_form import PageForm
from altyn.inbound.payment_page.card_in_address import card_in_address, has_card_in_address
from altyn.inbound.payment_page.frame import STATIC
from altyn.inbound.payment_page.methods import PageMethods
from altyn.inbound.payment_page.offered_ways import HIDES_SBERPAY, Choice, choice_of
from altyn.inbound.payment_page.own_pages import OwnPages
from altyn.inbound.payment_page.page_order import PageOrder, find_page_order
from altyn.inbound.payment_page.pages import PageContext
from altyn.inbound.payment_page.payer import Payer, payer_of
from altyn.inbound.payment_page.payment import chooses_steps, pay
from altyn.inbound.payment_page.results import (
    PaymentRefused,
    PaymentResult,
    StepTaken,
    WaitingForBank,
)
from altyn.inbound.payment_page.sberpay import pages as sberpay
from altyn.inbound.payment_page.shop_templates import ShopTemplates
from altyn.inbound.payment_page.stored_cards.offer import stored_cards_of
from altyn.inbound.payment_page.stored_cards.view import StoredCards
from altyn.inbound.payment_page.texts import known_language, text
from altyn.inbound.payment_page.tiles import WayTiles
from altyn.inbound.payment_page.view import Problem
from altyn.inbound.payment_page.waiting_pages import waiting_page
from altyn.look.static_files import CACHE_CONTROL
from altyn.operations.page_sets import ServedPages
from altyn.operations.paying.payer_address import record_payer_address
from altyn.operations.paying.sberpay import opens_at_sberpay
from altyn.operations.ports import World
from altyn.protocol.dialects.classic.return_links import payment_link

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
    tiles: WayTiles | None = None,
    uploaded: ServedPages | None = None,
) -> list[BaseRoute]:
    """The pages, their files, and the page's methods under `/payment/rest/`.

    `acs_origins` limits the frames of our own page to these origins, where they are known. The
    page offers those ways of `tiles`, besides the card, that an order allows.
    """
    endpoint = PageEndpoint(
        world=world,
        sandbox=sandbox,
        own_pages=OwnPages(ShopTemplates(templates_folder), uploaded, world.merchants),
        public_url=public_url,
        limits=limits,
        acs_origins=acs_origins,
        tiles=tiles or {},
    )
    methods = PageMethods(
        world=world,
        sandbox=sandbox,
        public_url=public_url,
        limits=limits,
        tiles=tiles or {},
    )
    both = ["GET", "POST"]
    return [
        Route("/payment/merchants/{login}/{path:path}", endpoint.serve, methods=both),
        Route("/payment/static/{digest}/{name}", serve_static, methods=["GET"]),
        Route("/payment/rest/{method:path}", methods.serve, methods=both),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEndpoint:
    """Serves the addresses below `/payment/merchants/<login>/`."""

    world: World
    sandbox: bool
    own_pages: OwnPages
    public_url: str | None
    limits: Limits
    acs_origins: tuple[str, ...]
    tiles: WayTiles

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
        except (BodyTooSlow, TooManyBodies, Disconnected):
            raise  # the guard of the pages answers
        except BodyTooLarge:
            return PlainTextResponse("the form is too large\n", 413)
        except Exception:
            log.exception("page_failed", file=file)
            language = name.language if name else DEFAULT_LANGUAGE
            return self._page_without_order(language, 503, Problem.UNAVAILABLE)

    # ── Opening a page ────────────────────────────────────────────────────────────────────────────

    async def _get(self, request: Request, name: PageName) -> Response:
        page_order = await self._find(request, request.query_params.get("mdOrder"))
        if page_order is None:
            return self._page_without_order(name.language, 404)
        context = self._context(request, page_order, name)
        if page_order.paid or (page_order.over and name.kind is Kind.PAYMENT):
            return responses.redirect(page_order.return_address(context.base_url, context.language))
        if name.kind is Kind.ERRORS:
            return await self._errors(page_order, context)
        if awaits_credit(page_order.order):
            return self._to_application(page_order, context)
        page_order = await self._with_payer_address(page_order, request)
        if page_order.waiting:
            return self._waiting(page_order, context)
        if page_order.merchant.blocked or not page_order.order.attempts_left:
            return responses.page(pages.errors_page(page_order, context), page_order=page_order)
        return await self._choosing(request, page_order, context)

    async def _choosing(
        self, request: Request, page_order: PageOrder, context: PageContext
    ) -> Response:
        """The page of an order that can be paid: the step of one way, or the choice of ways."""
        stored = await stored_cards_of(page_order, self.world)
        choice = self._choice(page_order, context, stored)
        way = choice.only_step or request.query_params.get("paymentWay")
        way = way or (sberpay.WAY if opens_at_sberpay(page_order.order) else None)
        if chooses_parts(way, page_order):
            shown = Shown(other_phone=request.query_params.get(STEP) == "phone")
            payer = self._payer(request, context.language)
            return await self._parts.show(page_order, context, payer, shown)
        if not choice.possible:
            html = pages.errors_page(page_order, context, absence=choice.absence)
            return responses.page(html, page_order=page_order)
        if choice.has_step(way):
            return await self._payment(page_order, context, way=way, stored=stored)
        own = await self.own_pages.page(page_order, context)
        if own is not None:
            return own
        return await self._payment(page_order, context, stored=stored)

    async def _errors(self, page_order: PageOrder, context: PageContext) -> Response:
        order, name = page_order.order, context.name
        without_error = order.payable and not page_order.decline_text(context.language)
        if without_error and order.attempts_left and not page_order.merchant.blocked:
            # The clock of the browser is a little fast: the session has not ended yet.
            return responses.redirect(
                pages.next_address(page_order, context.base_url, name.language, name.page_view)
            )
        own = await self.own_pages.page(page_order, context)
        if own is not None:
            return own
        return responses.page(pages.errors_page(page_order, context), page_order=page_order)

    async def _finish(self, request: Request) -> Response:
        """The result, for shops that gave no address to return to or want it shown here."""
        query = request.query_params
        page_order = await self._find(request, query.get("orderId") or query.get("mdOrder"))
        if page_order is None:
            language = known_language(query.get("lang", DEFAULT_LANGUAGE))
            return self._page_without_order(language, 404)
        view = page_order.order.request.page_view or "DESKTOP"
        name = PageName(view, Kind.PAYMENT, page_order.language(query.get("lang")))
        context = self._context(request, page_order, name)
        if not page_order.over:
            return responses.redirect(
                pages.next_address(page_order, context.base_url, context.language)
            )
        own = await self.own_pages.finish_page(page_order, context)
        if own is not None:
            return own
        return responses.page(pages.finish_page(page_order, context), page_order=page_order)

    # ── Paying without scripts ────────────────────────────────────────────────────────────────────

    async def _post(self, request: Request, name: PageName) -> Response:
        fields = await read_fields(request.scope, request.receive, self.limits)
        if has_card_in_address(fields):
            return card_in_address()
        page_order = await self._find(request, fields.get("mdOrder") or fields.get("MDORDER"))
        if page_order is None:
            return self._page_without_order(name.language, 404)
        context = self._context(request, page_order, name)
        if page_order.merchant.blocked:
            return responses.page(pages.errors_page(page_order, context), page_order=page_order)
        if awaits_credit(page_order.order):
            return self._to_application(page_order, context, status=303)
        form, payer = PageForm(fields), self._payer(request, context.language)
        if chooses_steps(form):
            return await self._parts.post(form, page_order, context, payer)
        result = await pay(form, page_order, payer, self.world, sandbox=self.sandbox)
        answer = self._after(result, form, context)
        if answer is not None:
            return answer
        stored = await stored_cards_of(result.page_order, self.world, form)
        way = self._choice(result.page_order, context, stored).only_step or form.payment_way
        if chooses_parts(way, page_order):
            shown = Shown(form=form, result=result)
            return await self._parts.show(result.page_order, context, payer, shown)
        return await self._payment(result.page_order, context, form, result, way=way, stored=stored)

    def _after(
        self, result: PaymentResult, form: PageForm, context: PageContext
    ) -> Response | None:
        """The answer to a browser without scripts after a payment; None for the form again."""
        page_order = result.page_order
        if page_order.over:
            address = page_order.return_address(context.base_url, context.language)
            return responses.redirect(address, 303)
        code_refused = page_order.waiting and form.get("code") is not None
        match result:
            case WaitingForBank() | PaymentRefused() if code_refused:
                return self._waiting(page_order, context, code_refused=True)
            case WaitingForBank():
                return responses.redirect(context.own_address(page_order), 303)
            case StepTaken() if step := pages.step_page(result, context):
                return responses.page(step, page_order=page_order, acs_origins=self.acs_origins)
            case _ if not page_order.order.attempts_left:
                return responses.page(pages.errors_page(page_order, context), page_order=page_order)
            case _:
                return None

    @staticmethod
    def _to_application(
        page_order: PageOrder, context: PageContext, *, status: int = 302
    ) -> Response:
        """The payer of a purchase on credit applies for it first."""
        login = page_order.merchant.login
        return responses.redirect(payment_link(context.base_url, login, page_order.order), status)

    @property
    def _parts(self) -> PartsPages:
        return PartsPages(world=self.world)

    # ── Parts ─────────────────────────────────────────────────────────────────────────────────────

    async def _payment(
        self,
        page_order: PageOrder,
        context: PageContext,
        form: PageForm | None = None,
        result: PaymentResult | None = None,
        *,
        way: str | None = None,
        stored: StoredCards | None = None,
    ) -> Response:
        """The choice of the ways with the card form, or the step of `way` where it has one."""
        stored = stored or await stored_cards_of(page_order, self.world, form)
        choice = self._choice(page_order, context, stored)
        if choice.has_step(way):
            html = sberpay.sberpay_step(
                page_order,
                context,
                self.world.clock,
                other_ways=choice.only_step is None,
                form=form,
                result=result,
            )
            return responses.page(html, page_order=page_order)
        card_gone = choice.card and stored.only and not stored.cards
        absence = text("stored_only_gone", context.language) if card_gone else choice.absence
        if absence:
            html = pages.errors_page(page_order, context, absence=absence)
            return responses.page(html, page_order=page_order)
        html = pages.payment_page(
            page_order,
            context,
            self.world.clock,
            choice=choice,
            typed_values=form.typed_values if form else None,
            result=result,
            stored=stored,
        )
        return responses.page(html, page_order=page_order, acs_origins=self.acs_origins)

    def _choice(self, page_order: PageOrder, context: PageContext, stored: StoredCards) -> Choice:
        named = page_order.order.request.binding_id is not None
        return choice_of(
            page_order,
            self.tiles,
            self.world,
            context.language,
            has_stored_card=named or bool(stored.cards),
            hidden=frozenset({sberpay.WAY}) if context.query else frozenset(),
        )

    def _waiting(
        self, page_order: PageOrder, context: PageContext, *, code_refused: bool = False
    ) -> Response:
        html = waiting_page(page_order, context, self.world.clock, code_refused=code_refused)
        return responses.page(html, page_order=page_order)

    async def _find(self, request: Request, order_id: str | None) -> PageOrder | None:
        """The order, if it belongs to the shop of the requested folder."""
        found = await find_page_order(order_id, self.world)
        belongs = found is not None and found.merchant.login == request.path_params["login"]
        return found if belongs else None

    async def _with_payer_address(self, page_order: PageOrder, request: Request) -> PageOrder:
        """The order with the payer's address, which is saved when it is new."""
        actor = self._payer(request, DEFAULT_LANGUAGE).actor
        order = await record_payer_address(page_order.order, actor, self.world)
        return replace(page_order, order=order)

    async def _asset(self, login: str, path: str) -> Response:
        found = await self.own_pages.asset(login, path)
        if found is None:
            return self._page_without_order(DEFAULT_LANGUAGE, 404)
        return responses.asset(*found)

    def _context(self, request: Request, page_order: PageOrder, name: PageName) -> PageContext:
        return PageContext(
            name=name,
            language=text_language(name.language, page_order.merchant.settings.default_language),
            base_url=self._payer(request, DEFAULT_LANGUAGE).base_url,
            sandbox=self.sandbox,
            query=next((f"&{each}" for each in HIDES_SBERPAY if _asks(request, each)), ""),
        )

    def _payer(self, request: Request, language: str) -> Payer:
        return payer_of(request, language, self.public_url)

    def _page_without_order(
        self, language: str, status: int, problem: Problem = Problem.NOT_FOUND
    ) -> Response:
        html = pages.page_without_order(
            known_language(language), sandbox=self.sandbox, problem=problem
        )
        return responses.page(html, status)


def _asks(request: Request, parameter: str) -> bool:
    """Whether the page's address has this parameter, as `name=value`."""
    name, _, value = parameter.partition("=")
    return request.query_params.get(name, "").lower() == value


async def serve_static(request: Request) -> Response:
    """A file of our pages. Browsers keep it: its address changes with its content."""
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
