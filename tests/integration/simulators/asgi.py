"""A browser's bare minimum against an application in process: send a body, read the answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Final
from urllib.parse import urlencode

from starlette.types import ASGIApp, Message, Scope

_ACTION: Final = re.compile(r'<form [^>]*action="([^"]*)"')
_HIDDEN: Final = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def form(self) -> Form:
        """The form of the page; a page without one has an empty one."""
        action = _ACTION.search(self.text)
        fields = {unescape(name): unescape(value) for name, value in _HIDDEN.findall(self.text)}
        return Form(unescape(action[1]) if action else "", fields)


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a page: where it goes and its hidden fields."""

    action: str
    fields: dict[str, str]


async def send(
    app: ASGIApp,
    path: str,
    body: bytes = b"",
    *,
    method: str = "POST",
    headers: tuple[tuple[str, str], ...] = (),
) -> Answer:
    """One request, one answer."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def take(message: Message) -> None:
        sent.append(message)

    scope: Scope = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(name.encode(), value.encode()) for name, value in headers],
        "query_string": b"",
    }
    await app(scope, receive, take)
    got = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], got, b"".join(part.get("body", b"") for part in sent[1:]))


async def post_form(app: ASGIApp, path: str, **fields: str) -> Answer:
    """Post fields as a browser's form does."""
    return await send(app, path, urlencode(fields).encode())
