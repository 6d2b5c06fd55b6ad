"""A minimal HTTP client for an ASGI application in this process, without a socket."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any, Final
from urllib.parse import unquote, urlencode, urlsplit

HOST: Final = "127.0.0.1:8080"
_ACTION: Final = re.compile(r'<form [^>]*action="([^"]*)"')
_HIDDEN: Final = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')

Pairs = Mapping[str, str] | Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a page: its action, and its hidden fields."""

    action: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """A response. Header names are in lower case; of several with one name the last is kept."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def location(self) -> str:
        """Where a redirect leads."""
        return self.headers["location"]

    @property
    def form(self) -> Form:
        """The first form of the page; a page without one has an empty one."""
        action = _ACTION.search(self.text)
        fields = {unescape(name): unescape(value) for name, value in _HIDDEN.findall(self.text)}
        return Form(unescape(action[1]) if action else "", fields)


@dataclass(frozen=True, slots=True)
class AsgiClient:
    """Sends requests to an ASGI application. `ip` is the client's address."""

    app: Any
    ip: str = "203.0.113.9"

    async def get(self, address: str, parameters: Pairs = (), *, headers: Pairs = ()) -> Answer:
        """GET an address; the parameters follow its own query."""
        return await self.send("GET", address, parameters, b"", headers)

    async def post(
        self, address: str, form: Pairs = (), *, body: bytes | None = None, headers: Pairs = ()
    ) -> Answer:
        """POST a form, or a body without changes."""
        if body is None:
            body = urlencode(list(_pairs(form))).encode("utf-8", "surrogatepass")
            headers = [("content-type", "application/x-www-form-urlencoded"), *_pairs(headers)]
        return await self.send("POST", address, (), body, headers)

    async def send(
        self, method: str, address: str, parameters: Pairs, body: bytes, headers: Pairs
    ) -> Answer:
        """Send one request; its response. The scheme and host of the address are ignored."""
        parts = urlsplit(address)
        query = "&".join(filter(None, (parts.query, urlencode(list(_pairs(parameters))))))
        sent: list[Any] = []

        unread = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Any:
            if not unread:  # the client stays until it has its answer
                await asyncio.get_running_loop().create_future()
            return unread.pop()

        async def take(message: Any) -> None:
            sent.append(message)

        pairs = list(_pairs(headers))
        named = pairs if "host" in dict(pairs) else [("host", HOST), *pairs]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(parts.path),
            "raw_path": parts.path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in named],
            "client": (self.ip, 40000),
            "server": ("127.0.0.1", 8080),
        }
        await self.app(scope, receive, take)
        got = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
        content = b"".join(part.get("body", b"") for part in sent[1:])
        return Answer(sent[0]["status"], got, content)


def _pairs(pairs: Pairs) -> Iterable[tuple[str, str]]:
    return pairs.items() if isinstance(pairs, Mapping) else pairs
