"""`/sbercredit/rbs-common.html?mdOrder=…`: the application for a credit, simulated.

The applicant chooses a term, and plays the bank: it grants the credit, or refuses. Then the payment
page takes any card. Production has no such page. Source: bnpl.md §8.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from altyn.domain.credit import MONTHS, CreditApplication, CreditState, application_of
from altyn.domain.money import Money
from altyn.inbound.http.forms import parse_form
from altyn.inbound.http.static_route import static_route
from altyn.inbound.payment_page.page_order import PageOrder, find_page_order
from altyn.inbound.payment_page.payer import payer_of
from altyn.inbound.payment_page.responses import NOT_FRAMED
from altyn.inbound.sandbox.answers import ANOTHER_SITE, body_of, from_another_site, problem
from altyn.inbound.sandbox.credit.texts import text
from altyn.look import LANGUAGES, LOOK_STATIC, load_static, page_environment
from altyn.operations.credit import decide_application
from altyn.operations.decisions import Refused
from altyn.operations.payment_link import refuse_link
from altyn.operations.perform import perform
from altyn.operations.ports import World
from altyn.protocol.dialects.classic.return_links import CREDIT_FOLDER, CREDIT_PAGE, page_link

APPROVE: Final = "approve"
STOP: Final = "stop"
REFUSE: Final = "refuse"
PAGE_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action http: https:; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HERE: Final = Path(__file__).parent
STATIC_PATH: Final = f"{CREDIT_FOLDER}static"
STATIC: Final = load_static(LOOK_STATIC, _HERE / "static")
_ENVIRONMENT: Final = page_environment(_HERE / "templates")


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditView:
    """The application of an order, and the addresses that the page leads to."""

    page_order: PageOrder
    application: CreditApplication
    payment: str
    shop: str | None

    @property
    def terms(self) -> list[tuple[int, Money]]:
        """The terms in months, each with the amount of a month without interest."""
        total = self.page_order.amount
        months = MONTHS[self.application.product]
        return [(count, Money(-(-total.amount_minor // count), total.currency)) for count in months]


def credit_routes(world: World, public_url: str | None) -> list[BaseRoute]:
    """The page, and its static files. `public_url` is the gateway's address for payers."""
    page = _CreditPage(world, public_url)
    return [
        Route(CREDIT_PAGE, page.serve, methods=["GET", "POST"]),
        static_route(STATIC_PATH, STATIC),
    ]


@dataclass(frozen=True, slots=True)
class _CreditPage:
    world: World
    public_url: str | None

    async def serve(self, request: Request) -> Response:
        """The application, or what became of it; a POST decides it."""
        query = request.query_params
        wanted = query.get("language", "")
        language = wanted if wanted in LANGUAGES else None
        found = await find_page_order(query.get("mdOrder"), self.world)
        application = application_of(found.order) if found else None
        if found is None or application is None:
            return _ended("missing", language or "ru", 404)
        language = found.language(language)
        if refuse_link(found.order, found.merchant, self.world.clock.now()):
            return _ended("over", language, 410)
        if request.method == "POST":
            return await self._decide(request, found, language)
        template = {
            CreditState.OPEN: "application.html",
            CreditState.APPROVED: "issued.html",
            CreditState.REFUSED: "refused.html",
        }[application.state]
        return _page(template, language, view=self._view(request, found, application, language))

    async def _decide(self, request: Request, found: PageOrder, language: str) -> Response:
        """Decide the application, and lead to the payment or back to this page."""
        if from_another_site(request):
            return problem(ANOTHER_SITE, 403)
        fields = dict(parse_form(await body_of(request)))
        decision, months = fields.get("decision", ""), fields.get("months", "")
        if decision not in {APPROVE, STOP, REFUSE}:
            return problem(f"decision: one of {APPROVE}, {STOP}, {REFUSE}", 400)
        term = int(months) if months.isascii() and months.isdecimal() and len(months) < 4 else 0  # noqa: PLR2004
        payer = payer_of(request, language, self.public_url)
        decided = await perform(
            lambda order, now: decide_application(
                order, approved=decision != REFUSE, months=term, now=now
            ),
            found.key,
            world=self.world,
            actor=payer.actor,
        )
        if isinstance(decided, Refused):
            return problem(decided.rule, 400)
        application = application_of(decided.order)
        assert application is not None, "an application is never removed"
        address = f"?mdOrder={found.order_id}&language={language}"
        if decision == APPROVE and application.state is CreditState.APPROVED:
            address = page_link(payer.base_url, found.merchant.login, found.order)
        return RedirectResponse(address, 303, headers=NOT_FRAMED)

    def _view(
        self, request: Request, found: PageOrder, application: CreditApplication, language: str
    ) -> CreditView:
        base_url = payer_of(request, language, self.public_url).base_url
        return CreditView(
            page_order=found,
            application=application,
            payment=page_link(base_url, found.merchant.login, found.order),
            shop=application.back_to_shop or found.shop_address(base_url, language),
        )


def _ended(key: str, language: str, status: int) -> Response:
    return _page("ended.html", language, status, title=key, hint=f"{key}_hint", address="")


def _page(template: str, language: str, status: int = 200, **values: object) -> Response:
    html = _ENVIRONMENT.get_template(template).render(
        language=language,
        languages=LANGUAGES,
        static=STATIC.prefix(STATIC_PATH),
        t=partial(text, language=language),
        **values,
    )
    return HTMLResponse(html, status, {**NOT_FRAMED, "Content-Security-Policy": PAGE_POLICY})
