"""A minimal browser for the simulated payer: it opens pages of this gateway and posts their forms.

Its requests go through the gateway's own application without a socket, so that a public address, a
proxy or a limit of connections cannot stand in their way. It follows no redirect.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote, urlencode, urlsplit

from altyn.domain.clearing import clear_unshared
from altyn.inbound.rest.answers import Message, Scope
from altyn.inbound.sandbox.payer.page import Form, Page, read_page

AGENT: Final = "Altyn simulated payer"
FORM: Final = (b"content-type", b"application/x-www-form-urlencoded")
TEXT_SHOWN_MAX: Final = 200


class PayerError(Exception):
    """A page did not behave as a page of the gateway or of the bank; the text says which."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response to the browser."""

    address: str
    status: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def members(self) -> dict[str, Any]:
        """The members of a JSON object. Raises PayerError: the response is not one."""
        try:
            members = json.loads(self.text)
        except ValueError:
            members = None
        if not isinstance(members, dict):
            shown = self.text.strip()[:TEXT_SHOWN_MAX]
            raise PayerError(f"{self.address} answered {self.status} without JSON: {shown}")
        return members

    def page(self) -> Page:
        """What a browser reads in the HTML; the addresses are absolute."""
        return read_page(self.text, self.address)

    def form(self) -> Form | None:
        """The page's first form with the method POST."""
        return next(iter(self.page().forms), None)


@dataclass(frozen=True, slots=True)
class Browser:
    """Sends requests to the application `app` with the address and connection of `caller`.

    `base_url` is the gateway's address; an address of another host is not opened.
    """

    app: Any
    caller: Scope
    base_url: str

    async def get(self, address: str) -> Answer:
        """Open a page. Raises PayerError: the page is not this gateway's."""
        return await self._send("GET", address, b"")

    async def post(self, address: str, fields: Mapping[str, str]) -> Answer:
        """Post a form. Raises PayerError: the page is not this gateway's."""
        form = urlencode(fields)
        body = form.encode()
        clear_unshared(form)
        try:
            return await self._send("POST", address, body)
        finally:
            clear_unshared(body)

    async def _send(self, method: str, address: str, body: bytes) -> Answer:
        scope = self._scope(method, address)
        requests: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
        status, parts = 0, []
        headers: dict[str, str] = {}

        async def receive() -> Message:
            return requests.pop() if requests else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            for name, value in message.get("headers", ()):
                headers[name.decode("latin-1").lower()] = value.decode("latin-1")
            parts.append(message.get("body", b""))

        await self.app(scope, receive, send)
        return Answer(address, status, b"".join(parts).decode("utf-8", "replace"), headers)

    def _scope(self, method: str, address: str) -> Scope:
        parts, own = urlsplit(address), urlsplit(self.base_url)
        if (parts.scheme, parts.netloc) != (own.scheme, own.netloc):
            raise PayerError(
                f"the payer is sent to {parts.scheme}://{parts.netloc}, which is not this gateway "
                f"({self.base_url}); the simulated payer opens pages of this gateway only"
            )
        # A proxy takes the path of the public address away before the gateway gets the request.
        path = parts.path.removeprefix(own.path.rstrip("/")) or "/"
        headers = [(b"host", parts.netloc.encode()), (b"user-agent", AGENT.encode())]
        return {
            "type": "http",
            "asgi": self.caller.get("asgi", {"version": "3.0"}),
            "http_version": "1.1",
            "method": method,
            "scheme": parts.scheme,
            "path": unquote(path),
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": parts.query.encode(),
            "headers": [*headers, FORM] if method == "POST" else headers,
            "client": self.caller.get("client"),
            "server": self.caller.get("server"),
        }
