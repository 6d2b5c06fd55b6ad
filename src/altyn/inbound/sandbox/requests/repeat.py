"""Sends a logged request again, through the gateway's own router.

A masked secret cannot be sent. The demo shop's users are the exception: the sandbox knows their
password and token, for as long as the shop has not replaced them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from altyn.domain.request_log import NOT_READ, Endpoint, LoggedRequest, SentParameter
from altyn.inbound.rest.answers import Message, Scope
from altyn.inbound.sandbox.requests.explanation import Sentence
from altyn.masking import HIDDEN

PASSWORD: Final = "password"  # noqa: S105 - the name of a parameter
TOKEN: Final = "token"  # noqa: S105 - as above
FORM: Final = (b"content-type", b"application/x-www-form-urlencoded")
XML: Final = (b"content-type", b"text/xml; charset=utf-8")
JSON: Final = (b"content-type", b"application/json")
_COPIED: Final = ("type", "asgi", "http_version", "scheme", "root_path", "client", "server")
_MASKED_PASSWORD: Final = f">{HIDDEN}</"


@dataclass(frozen=True, slots=True)
class KnownSecrets:
    """The secrets that the sandbox knows and that are valid now: passwords by login, and the token
    of the shop `shop`; it is empty where it is not known."""

    passwords: Mapping[str, str] = field(repr=False)
    shop: str
    token: str = field(repr=False)


ReadKnown = Callable[[], Awaitable[KnownSecrets]]
"""Reads the secrets that are valid now."""


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """The answer to a request that was sent again."""

    status: int
    body: str


def why_not_repeated(found: LoggedRequest, known: KnownSecrets) -> Sentence | None:
    """Why a request cannot be sent again; None where it can."""
    facts, content = found.line.facts, found.content
    if facts.refusal == NOT_READ:
        return Sentence("not_read")
    if facts.endpoint is Endpoint.UNKNOWN or facts.endpoint is Endpoint.NOTIFICATION:
        return Sentence("no_endpoint")
    if facts.endpoint is Endpoint.PERSONAL_ACCOUNT:
        return Sentence("login_in_header")
    if facts.status in _UNREAD or (facts.endpoint is Endpoint.SOAP and not content.body):
        return Sentence("no_body")
    lost = [each.name for each in _unknown(found, known)]
    if lost:
        return Sentence("no_clear_value", {"names": ", ".join(lost)})
    if facts.endpoint is Endpoint.SOAP and content.body.count(_MASKED_PASSWORD) > 1:
        return Sentence("many_masked")
    return None


async def repeat(found: LoggedRequest, known: KnownSecrets, router: Any, like: Scope) -> NewAnswer:
    """Send a request again; `like` is a request whose address and client are used."""
    query, body, content_type = _message(found, known)
    names = {b"host", b"user-agent", b"accept"}
    headers = [pair for pair in like["headers"] if pair[0] in names]
    length = (b"content-length", str(len(body)).encode())
    path = found.line.facts.path
    scope = {
        **{name: like[name] for name in _COPIED if name in like},
        "method": found.line.facts.http_method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "headers": [*headers, *((content_type, length) if body else ())],
    }
    return await _send(router, scope, body)


async def _send(router: Any, scope: Scope, body: bytes) -> NewAnswer:
    status, parts = 0, list[bytes]()

    unread = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if not unread:  # the client stays until it has its answer
            await asyncio.get_running_loop().create_future()
        return unread.pop()

    async def send(message: Message) -> None:
        nonlocal status
        status = message.get("status", status)
        parts.append(message.get("body", b""))

    await router(scope, receive, send)
    return NewAnswer(status, b"".join(parts).decode("utf-8", "replace"))


def _message(found: LoggedRequest, known: KnownSecrets) -> tuple[bytes, bytes, tuple[bytes, bytes]]:
    """Query string, body and Content-Type."""
    facts, content = found.line.facts, found.content
    if facts.endpoint is Endpoint.SOAP:
        password = _xml_text(known.passwords.get(facts.login, ""))
        text = content.body.replace(_MASKED_PASSWORD, f">{password}</")
        return b"", text.encode(), XML
    if content.body:
        return b"", content.body.encode(), JSON
    form = urlencode([(each.name, _clear(each, found, known)) for each in content.parameters])
    return (form.encode(), b"", FORM) if facts.http_method == "GET" else (b"", form.encode(), FORM)


def _unknown(found: LoggedRequest, known: KnownSecrets) -> list[SentParameter]:
    """The parameters whose clear value is not known."""
    return [
        each
        for each in found.content.parameters
        if not each.is_whole and (each.cut or not _clear(each, found, known))
    ]


def _clear(parameter: SentParameter, found: LoggedRequest, known: KnownSecrets) -> str:
    """The clear value of a parameter; empty where it is a secret that the sandbox does not know.

    A caller who was refused for its password or token may have sent another one.
    """
    facts = found.line.facts
    if not parameter.masked:
        return parameter.value
    if parameter.name == PASSWORD and facts.shop:
        return known.passwords.get(facts.login, "")
    if parameter.name == TOKEN and facts.shop == known.shop and not facts.login:
        return known.token
    return ""


def _xml_text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


_UNREAD: Final = {
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
    0,
}
