"""A browser of a hundred lines: it posts forms, reads forms, keeps cookies, and follows nothing
unasked.

It exists so that `altyn pay` goes through the very pages that a payer's browser goes through.
"""

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPException, HTTPMessage
from http.cookiejar import CookieJar
from typing import IO, Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import (
    HTTPCookieProcessor,
    HTTPRedirectHandler,
    OpenerDirector,
    Request,
    build_opener,
)

from altyn.cli.output import CommandError

TIMEOUT_SECONDS: Final = 60
ANSWER_BYTES_MAX: Final = 2_000_000
AGENT: Final = "altyn pay"


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a page: where it goes, and what it holds; `asks` are the fields to be typed."""

    action: str
    fields: dict[str, str]
    asks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `location` is absolute, and empty where there is none to go on to."""

    address: str
    status: int
    text: str
    location: str = ""

    def members(self) -> dict[str, Any]:
        """The answer as JSON. Refuses with CommandError: it is none."""
        try:
            members = json.loads(self.text)
        except ValueError:
            members = None
        if not isinstance(members, dict):
            raise CommandError(
                f"{self.address} answered {self.status} and no JSON. Is a gateway running there? "
                "Start one with `altyn serve`, or name it with --url."
            )
        return members

    def form(self) -> Form | None:
        """The first form of the page that is posted."""
        reader = _FormReader()
        reader.feed(self.text)
        if not reader.forms:
            return None
        found = reader.forms[0]
        return Form(urljoin(self.address, found.action), found.fields, found.asks)


class Browser:
    """Posts and gets, one page after another, with the cookies it is given."""

    def __init__(self) -> None:
        self._opener: OpenerDirector = build_opener(_Stay(), HTTPCookieProcessor(CookieJar()))

    def post(self, address: str, fields: dict[str, str]) -> Answer:
        """Post a form. Refuses with CommandError: nobody answers."""
        return self._open(Request(address, urlencode(fields).encode(), _HEADERS))  # noqa: S310 - http only, below

    def get(self, address: str) -> Answer:
        """Open a page. Refuses with CommandError: nobody answers."""
        return self._open(Request(address, headers=_HEADERS))  # noqa: S310 - http only, below

    def _open(self, request: Request) -> Answer:
        address = request.full_url
        if urlsplit(address).scheme not in {"http", "https"}:
            raise CommandError(f"{address} is no address of a page: it must begin with http.")
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                return _read(address, answer.status, answer.headers, answer)
        except HTTPError as error:
            with error:
                return _read(address, error.code, error.headers, error)
        except (URLError, OSError, HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            where = f"{urlsplit(address).scheme}://{urlsplit(address).netloc}"
            raise CommandError(
                f"Nobody answers at {where} ({reason}). Start the gateway with `altyn serve`, or "
                "name another with --url."
            ) from None


_HEADERS: Final = {"User-Agent": AGENT, "Accept": "*/*"}


class _Stay(HTTPRedirectHandler):
    """A redirect is a step to be told about, not to be taken silently."""

    def redirect_request(
        self,
        req: Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        del req, fp, code, msg, headers, newurl


def _read(address: str, status: int, headers: Any, body: IO[bytes]) -> Answer:
    location = headers.get("Location", "")
    text = body.read(ANSWER_BYTES_MAX).decode("utf-8", "replace")
    return Answer(address, status, text, urljoin(address, location) if location else "")


@dataclass(slots=True)
class _Found:
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    asks: tuple[str, ...] = ()


class _FormReader(HTMLParser):
    """Collects posted forms: hidden fields with their values, others as what is to be typed."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[_Found] = []
        self._open: _Found | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self._open = _Found(given.get("action", ""))
            self.forms.append(self._open)
        elif tag == "input" and self._open is not None and (name := given.get("name")):
            if given.get("type") == "hidden":
                self._open.fields[name] = given.get("value", "")
            else:
                self._open.asks += (name,)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
