"""What the bare ASGI endpoints share: sending an answer, the client's address, the gateway's own.

Source: rest-orders.md §1.4 (headers), docs/architecture.md (limits).
"""

import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, Final

import msgspec

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Header = tuple[bytes, bytes]

NO_STORE: Final[Header] = (b"cache-control", b"no-cache, no-store")
JSON: Final[Header] = (b"content-type", b"application/json;charset=UTF-8")
encode_json: Final = msgspec.json.Encoder().encode

# Names on the internet have no underscore, names between containers may have one.
_HOST: Final = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


async def send_answer(send: Send, status: int, body: bytes, headers: Iterable[Header]) -> None:
    """Send one whole answer."""
    length: Header = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})


def rule_header(rule: str) -> Header:
    """The header with the broken rule, for a developer who uses the sandbox."""
    safe = "".join(c if " " <= c <= "~" else "?" for c in rule)[:500]
    return (b"x-altyn-rule", safe.encode("ascii"))


def base_url_of(scope: Scope) -> str:
    """The address this request was sent to, for links when no public URL is configured."""
    for name, value in scope["headers"]:
        if name == b"host":
            host = value.decode("latin-1")
            if _HOST.fullmatch(host):
                return f"{scope['scheme']}://{host}"
            break
    server = scope.get("server") or ("127.0.0.1", 80)
    return f"{scope['scheme']}://{server[0]}:{server[1]}"


def client_ip(scope: Scope) -> str:
    """The client's address, as the server or a trusted proxy gives it."""
    client = scope.get("client")
    return client[0] if client else ""
