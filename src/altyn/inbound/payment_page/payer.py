"""The payer, as the request of the payer's browser describes it.

Source: payment-page.md §1 (the payer's address), §4.2 (what 3-D Secure 2 asks about the browser).
"""

from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request

from altyn.inbound.rest.answers import base_url_of, client_ip
from altyn.operations.ports import PAYER, Actor

HEADER_CHARS_MAX: Final = 512
LANGUAGE_CHARS_MAX: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """The person at the browser. `base_url` is the gateway's address as this browser reaches it.

    `browser` describes the browser by its headers, for 3-D Secure 2; scripts add more.
    """

    ip: str
    base_url: str
    language: str
    browser: dict[str, str | int | bool] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        """The payer as the actor in the order's history."""
        return Actor(name=PAYER, ip=self.ip)


def payer_of(request: Request, language: str, public_url: str | None) -> Payer:
    """The payer who sends a request. `language` is the language of the page."""
    accepted = request.headers.get("accept-language", "").partition(",")[0]
    return Payer(
        ip=client_ip(request.scope),
        base_url=public_url or base_url_of(request.scope),
        language=language,
        browser={
            "userAgent": request.headers.get("user-agent", "")[:HEADER_CHARS_MAX],
            "accept": request.headers.get("accept", "")[:HEADER_CHARS_MAX],
            "browserLanguage": accepted.partition(";")[0].strip()[:LANGUAGE_CHARS_MAX],
            "javascriptEnabled": False,
        },
    )
