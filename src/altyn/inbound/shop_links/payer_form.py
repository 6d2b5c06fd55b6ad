"""The page of a static link: what the payer pays, the fields to fill in, the way to the payment.

Opening the page registers nothing, so a preview of the link in a messenger makes no order; sending
the form does. Source: personal-account.md §5.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from altyn.domain.language import text_language
from altyn.domain.mail_address import refusal_of_addresses
from altyn.domain.money import RUB, Money
from altyn.inbound.call_log import record_link_call
from altyn.inbound.payment_page import responses
from altyn.inbound.request_log.open_call import keep_parameters
from altyn.inbound.rest.answers import base_url_of, client_ip
from altyn.inbound.shop_links.pages import render
from altyn.inbound.shop_links.registering import (
    LinkRegistration,
    NotRegistered,
    Wanted,
    record_refusal,
)
from altyn.inbound.shop_links.static_link import (
    FORM_PATH,
    TOKEN,
    StaticLink,
    read_static_link,
    unknown_names,
)
from altyn.inbound.shop_links.texts import link_text
from altyn.inbound.web.amounts import minor_units
from altyn.inbound.web.forms import read_page_form
from altyn.inbound.web.language import language_of
from altyn.protocol.dialects.classic.methods import REGISTER

FORM_BYTES_MAX: Final = 16 * 1024
RULE_HEADER: Final = "x-altyn-rule"
TYPED: Final = "typed_"
"""Before the name of a field that the payer types, so that it is no fixed value of the link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the form shows besides the link: what was typed, and what is wrong."""

    typed: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    status: int = 200


EMPTY: Final = Shown()


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerForm:
    """Serves `payform-1.html`. In the sandbox an answer names what of the address is unknown."""

    registration: LinkRegistration
    public_url: str | None
    sandbox: bool

    async def show(self, request: Request) -> Response:
        """The form of a link."""
        pairs = parse_qsl(request.url.query.replace("%00", ""), keep_blank_values=True)
        answer = await self._page(request, read_static_link(pairs), EMPTY)
        if self.sandbox and (unknown := unknown_names(pairs)):
            text = f"without effect: {', '.join(unknown)}".encode("ascii", "backslashreplace")
            answer.headers[RULE_HEADER] = text.decode()[:500].replace("\n", " ")
        return answer

    async def post(self, request: Request) -> Response:
        """Register the order, and send the payer to its payment page."""
        record_link_call(REGISTER.name, REGISTER)
        pairs = await read_pairs(request)
        link = read_static_link(pairs)
        if is_from_another_site(request, self.public_url):
            record_refusal("other_site")
            return await self._page(request, link, Shown(problem="other_site", status=403))
        typed = {
            name.removeprefix(TYPED): value.strip()
            for name, value in pairs
            if name.startswith(TYPED)
        }
        typed = {name: typed.get(name, "") for name in link.typed}
        language = self._language(request)
        wrong = _wrong_of({**link.fixed, **typed}, typed)
        if wrong:
            parameter, key = next(iter(wrong.items()))
            record_refusal(key, parameter)
            shown = Shown(typed=typed, wrong=_texts(wrong, language), status=400)
            return await self._page(request, link, shown)
        wanted = Wanted(
            token=link.token,
            fields={**link.fixed, **typed},
            ip=client_ip(request.scope),
            language=language,
            base_url=self.public_url or base_url_of(request.scope),
        )
        done = await self.registration.register(wanted)
        if isinstance(done, NotRegistered):
            return await self._refused(request, link, replace(EMPTY, typed=typed), done)
        return responses.redirect(done.form_url, 303)

    async def _refused(
        self, request: Request, link: StaticLink, shown: Shown, refused: NotRegistered
    ) -> Response:
        """The form again: the text at its field, if the payer types it, else above the form."""
        language = self._language(request)
        text = refused.text or link_text(refused.key, language=language)
        if refused.parameter in link.typed:
            shown = replace(shown, wrong={refused.parameter: text})
        else:
            shown = replace(shown, problem=text)
        return await self._page(request, link, replace(shown, status=refused.status))

    async def _page(self, request: Request, link: StaticLink, shown: Shown) -> Response:
        language = self._language(request)
        shop = await self.registration.shop_of(link.token)
        if shop is None:
            record_refusal("bad_token", TOKEN)
            html = render("no_shop.html", language, sandbox=self.sandbox)
            return responses.page(html, 404)
        html = render(
            "payform.html",
            language,
            path=FORM_PATH,
            link=link,
            shop=shop.name_in(text_language(language)),
            amount=_amount(link),
            shown=shown,
            problem=link_text(shown.problem, language=language)
            if shown.problem == "other_site"
            else shown.problem,
            sandbox=self.sandbox,
            typed_prefix=TYPED,
        )
        return responses.page(html, shown.status)

    @staticmethod
    def _language(request: Request) -> str:
        return language_of(request.query_params, {}, request.headers)


def _wrong_of(values: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, str]:
    """The fields that are empty or cannot be read, each with the key of the text about it."""
    wrong = {name: "missing" for name, value in typed.items() if not value}
    amount = minor_units(values.get("amount", ""))
    if "amount" in typed and (amount is None or amount <= 0):
        wrong["amount"] = "wrong_amount"
    email = typed.get("email", "")
    if email and ("," in email or refusal_of_addresses(email)):
        wrong["email"] = "wrong_email"
    return wrong


def _texts(keys: Mapping[str, str], language: str) -> dict[str, str]:
    return {name: link_text(key, language=language) for name, key in keys.items()}


def _amount(link: StaticLink) -> Money | None:
    minor = minor_units(link.fixed.get("amount", ""))
    return Money(minor, RUB) if minor is not None and minor > 0 else None


async def read_pairs(request: Request) -> Sequence[tuple[str, str]]:
    """The fields of a form, without NUL; the request log keeps them.

    Raises as `read_page_form`; PageGuard answers that.
    """
    pairs, _ = await read_page_form(request, bytes_max=FORM_BYTES_MAX)
    keep_parameters(pairs)
    return pairs


def is_from_another_site(request: Request, public_url: str | None) -> bool:
    """Whether a page of another site has sent this form. A program sends no Origin at all."""
    origin = request.headers.get("origin")
    if origin is None:
        return request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}
    own = {request.headers.get("host", ""), urlsplit(public_url or "").netloc} - {""}
    return urlsplit(origin).netloc not in own
