"""A minimal browser: it posts and reads forms, keeps cookies, and does not follow redirects.

`altyn pay` uses it to go through the same pages as a payer's browser.
"""

import json
from dataclasses import dataclass, field, replace
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
    """A form of a page. `fields` are its hidden fields, `inputs` the names of those to type."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A response. `location` is absolute, and empty unless the response is a redirect."""

    address: str
    status: int
    text: str
    location: str = ""

    def members(self) -> dict[str, Any]:
        """The members of a JSON object. Refuses with CommandError: the response is not one."""
        try:
            members = json.loads(self.text)
        except ValueError:
            members = None
        if not isinstance(members, dict):
            raise CommandError(
                f"{self.address} answered {self.status} without JSON. Does a gateway run there? "
                "Start one with `altyn serve`, or give its address with --url."
            )
        return members

    def form(self) -> Form | None:
        """The page's first form with the method POST; its action is absolute."""
        reader = _FormReader()
        reader.feed(self.text)
        if not reader.forms:
            return None
        form = reader.forms[0]
        return replace(form, action=urljoin(self.address, form.action))


class Browser:
    """Sends POST requests, and keeps cookies between them."""

    def __init__(self) -> None:
        self._opener: OpenerDirector = build_opener(
            _NoRedirects(), HTTPCookieProcessor(CookieJar())
        )

    def post(self, address: str, fields: dict[str, str]) -> Answer:
        """Post a form. Refuses with CommandError: no server answers."""
        return self._open(Request(address, urlencode(fields).encode(), _HEADERS))  # noqa: S310 - `_open` checks the scheme

    def _open(self, request: Request) -> Answer:
        address = request.full_url
        if urlsplit(address).scheme not in {"http", "https"}:
            raise CommandError(
                f"{address} cannot be opened: it must begin with http:// or https://."
            )
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as response:
                return _read(address, response.status, response.headers, response)
        except HTTPError as error:
            with error:
                return _read(address, error.code, error.headers, error)
        except (URLError, OSError, HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            server = f"{urlsplit(address).scheme}://{urlsplit(address).netloc}"
            raise CommandError(
                f"No server answers at {server} ({reason}). Start the gateway with `altyn serve`, "
                "or give another address with --url."
            ) from None


_HEADERS: Final = {"User-Agent": AGENT, "Accept": "*/*"}


class _NoRedirects(HTTPRedirectHandler):
    """Returns a redirect as the response, so that each step of the payment is visible."""

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


class _FormReader(HTMLParser):
    """Collects the forms with the method POST: hidden fields with values, other fields by name."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._in_form = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form" and attributes.get("method", "").lower() == "post":
            self.forms.append(Form(attributes.get("action", "")))
            self._in_form = True
        elif tag == "input" and self._in_form and (name := attributes.get("name")):
            self._add_input(name, attributes)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._in_form = False

    def _add_input(self, name: str, attributes: dict[str, str]) -> None:
        form = self.forms[-1]
        if attributes.get("type") == "hidden":
            form.fields[name] = attributes.get("value", "")
        else:
            self.forms[-1] = replace(form, inputs=(*form.inputs, name))
