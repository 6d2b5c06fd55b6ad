"""One call of a page's method, as its handlers read it. Source: payment-page.md §3."""

from dataclasses import dataclass, replace

from starlette.responses import Response

from altyn.domain.language import DEFAULT_LANGUAGE
from altyn.inbound.http.fields import Fields
from altyn.inbound.payment_page import json_answers, responses
from altyn.inbound.payment_page.addresses import read_page_view
from altyn.inbound.payment_page.page_order import PageOrder
from altyn.inbound.payment_page.payer import Payer
from altyn.inbound.payment_page.texts import known_language
from altyn.protocol.error_code import ErrorCode


@dataclass(frozen=True, slots=True)
class PageCall:
    """One call of a page: its parameters and its payer."""

    fields: Fields
    payer: Payer

    def get(self, *names: str) -> str | None:
        """The value of the first of these parameters that has one."""
        return next((value for name in names if (value := self.fields.get(name))), None)

    def payer_of(self, page_order: PageOrder) -> Payer:
        """The payer, with the language of the call, else of the order."""
        language = page_order.language(self.get("language", "lang"))
        return replace(self.payer, language=language)

    @property
    def wants_json(self) -> bool:
        """Whether a script calls, and not a form of a page."""
        return "application/json" in str(self.payer.browser["accept"])

    @property
    def opened_by_browser(self) -> bool:
        """Whether a browser opens the address or posts a form, and then shows the answer."""
        return "text/html" in str(self.payer.browser["accept"])

    def page_view_of(self, page_order: PageOrder) -> str:
        """The pageView of the call if it is well-formed, else the order's."""
        requested = read_page_view(self.get("pageView") or "")
        return requested or page_order.order.request.page_view or "DESKTOP"

    @property
    def language(self) -> str:
        """The language of a call without an order."""
        return known_language(self.get("language", "lang") or DEFAULT_LANGUAGE)


def error_response(
    error: ErrorCode, language: str, status: int = 200, *, name: str = ""
) -> Response:
    """An error of the protocol in the members of the page's methods; `name`: the parameter."""
    return responses.json(json_answers.error_members(error, language, name=name), status)
