"""Which language a reader gets: the one chosen on a page, else the first that the browser asks for.

The choice is kept in a cookie; it says nothing else.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from altyn.look import LANGUAGES

COOKIE: Final = "altyn-language"
PARAMETER: Final = "lang"
DEFAULT: Final = "en"
YEAR_SECONDS: Final = 365 * 24 * 3600


def chosen_language(query: Mapping[str, str]) -> str | None:
    """The language that the address asks for; None where it names none that we have."""
    asked = query.get(PARAMETER)
    return asked if asked in LANGUAGES else None


def language_of(
    query: Mapping[str, str], cookies: Mapping[str, str], headers: Mapping[str, str]
) -> str:
    """The language of a page: from the address, the cookie, the browser's list, else English."""
    if asked := chosen_language(query):
        return asked
    kept = cookies.get(COOKIE, "")
    return kept if kept in LANGUAGES else _accepted(headers.get("accept-language", ""))


def _accepted(header: str) -> str:
    """The first known language of `Accept-Language`. Browsers list the best one first."""
    for piece in header.split(","):
        language = piece.partition(";")[0].strip().lower().partition("-")[0]
        if language in LANGUAGES:
            return language
    return DEFAULT


def keeping_language(
    work: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint; its answer keeps the language that the address asks for, for a year."""

    async def answer(request: Request) -> Response:
        response = await work(request)
        if asked := chosen_language(request.query_params):
            response.set_cookie(
                COOKIE,
                asked,
                max_age=YEAR_SECONDS,
                httponly=True,
                samesite="lax",
                secure=request.url.scheme == "https",
            )
        return response

    return answer
