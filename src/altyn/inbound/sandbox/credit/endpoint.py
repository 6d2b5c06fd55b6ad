"""`/sbercredit/rbs-common.html?mdOrder=…`: the application for a credit, simulated.

The applicant chooses a term and gives a phone; the simulated bank grants, refuses, or considers.
After a granted credit the payment page takes any card. Production has no such page.
Source: bnpl.md §8.
"""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from altyn.domain.card.free_text import mask_card_numbers
from altyn.domain.credit import CreditState, application_of
from altyn.domain.phone import phone_text
from altyn.domain.refusals import Refusal
from altyn.inbound.http.forms import parse_form
from altyn.inbound.http.static_route import static_route
from altyn.inbound.payment_page.page_order import PageOrder, find_page_order
from altyn.inbound.payment_page.payer import Payer, payer_of
from altyn.inbound.payment_page.responses import NOT_FRAMED
from altyn.inbound.sandbox.answers import ANOTHER_SITE, body_of, from_another_site, problem
from altyn.inbound.sandbox.credit.texts import months_text, text
from altyn.inbound.sandbox.credit.view import CreditView, Typed
from altyn.look import LANGUAGES, LOOK_STATIC, load_static, page_environment
from altyn.operations.credit.application import Applied, apply_for_credit, find_credit
from altyn.operations.decisions import Refused
from altyn.operations.payment_link import refuse_link
from altyn.operations.ports import World
from altyn.protocol.dialects.classic.return_links import CREDIT_FOLDER, CREDIT_PAGE, page_link

MONTHS_DIGITS: Final = 3
PAGE_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action http: https:; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HERE: Final = Path(__file__).parent
STATIC_PATH: Final = f"{CREDIT_FOLDER}static"
STATIC: Final = load_static(LOOK_STATIC, _HERE / "static")
_ENVIRONMENT: Final = page_environment(_HERE / "templates")
_TEMPLATES: Final = {
    CreditState.OPEN: "application.html",
    CreditState.APPLIED: "considered.html",
    CreditState.APPROVED: "issued.html",
    CreditState.REFUSED: "refused.html",
}


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
        """The application, or what became of it; a POST sends it to the bank."""
        query = request.query_params
        wanted = query.get("language", "")
        language = wanted if wanted in LANGUAGES else None
        found = await find_page_order(query.get("mdOrder"), self.world)
        if found is None or application_of(found.order) is None:
            return _ended("missing", language or "ru", 404)
        payer = payer_of(request, found.language(language), self.public_url)
        if refuse_link(found.order, found.merchant, self.world.clock.now()):
            return self._over(found, payer)
        if request.method == "POST":
            return await self._post(request, found, payer)
        return self._shown(await find_credit(found.order, payer.actor, self.world), found, payer)

    async def _post(self, request: Request, found: PageOrder, payer: Payer) -> Response:
        """Send the application; the form again with what is wrong in it."""
        if from_another_site(request):
            return problem(ANOTHER_SITE, 403)
        try:
            fields = dict(parse_form(await body_of(request)))
        except ValueError as error:
            return problem(str(error), 400)
        typed = Typed(months=_number(fields.get("months", "")), phone=fields.get("phone", ""))
        sent = await apply_for_credit(
            found.order,
            months=typed.months,
            phone=phone_text(typed.phone),
            actor=payer.actor,
            world=self.world,
        )
        if isinstance(sent, Refused) and sent.refusal is Refusal.PARAMETER_INVALID:
            view = self._view(found, payer)
            shown = replace(typed, phone=mask_card_numbers(typed.phone))
            view = replace(view, typed=shown, wrong=sent.parameter)
            return _page("application.html", payer.language, view=view)
        if isinstance(sent, Applied):
            address = f"?mdOrder={found.order_id}&language={payer.language}"
            return RedirectResponse(address, 303, headers=NOT_FRAMED)
        return self._shown(sent, found, payer)

    def _shown(self, result: Applied | Refused, found: PageOrder, payer: Payer) -> Response:
        """The page of the application's state, or of what keeps it from being made."""
        if isinstance(result, Refused):
            if result.refusal in {Refusal.SYSTEM_ERROR, Refusal.CREDIT_UNAVAILABLE, Refusal.BUSY}:
                view = self._view(found, payer)
                return _page("silent.html", payer.language, 503, view=view)
            return self._over(found, payer)
        view = self._view(replace(found, order=result.order), payer)
        view = replace(view, answer=result.answer)
        return _page(_TEMPLATES[view.application.state], payer.language, view=view)

    def _view(self, found: PageOrder, payer: Payer) -> CreditView:
        application = application_of(found.order)
        assert application is not None, "an application is never removed"
        shop = found.shop_address(payer.base_url, payer.language)
        return CreditView(
            page_order=found,
            application=application,
            payment=page_link(payer.base_url, found.merchant.login, found.order),
            shop=application.back_to_shop or shop,
            typed=Typed(phone=found.order.request.phone or ""),
        )

    def _over(self, found: PageOrder, payer: Payer) -> Response:
        view = self._view(found, payer)
        return _page("ended.html", payer.language, 410, title="over", hint="over_hint", view=view)


def _number(typed: str) -> int:
    """The number of months; 0 for a text that is no such number."""
    digits = typed.isascii() and typed.isdecimal() and len(typed) <= MONTHS_DIGITS
    return int(typed) if digits else 0


def _ended(key: str, language: str, status: int) -> Response:
    return _page("ended.html", language, status, title=key, hint=f"{key}_hint", view=None)


def _page(template: str, language: str, status: int = 200, **values: object) -> Response:
    html = _ENVIRONMENT.get_template(template).render(
        language=language,
        languages=LANGUAGES,
        static=STATIC.prefix(STATIC_PATH),
        t=partial(text, language=language),
        term=partial(months_text, language=language),
        **values,
    )
    return HTMLResponse(html, status, {**NOT_FRAMED, "Content-Security-Policy": PAGE_POLICY})
