"""Who has come in: a payer's browser, as its request tells it.

Source: payment-page.md §1 (the payer's address), §4.2 (what 3-D Secure 2 wants to know).
"""

from typing import Final

from starlette.requests import Request

from altyn.inbound.payment_page.paying import Payer
from altyn.inbound.rest.answers import base_url_of, client_ip

HEADER_CHARS_MAX: Final = 512
LANGUAGE_CHARS_MAX: Final = 8


def payer_of(request: Request, language: str, public_url: str | None) -> Payer:
    """The payer at the other end of a request. `language` is that of the page."""
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
