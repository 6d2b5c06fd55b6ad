"""What the bare ASGI endpoints share: sending an answer, the client's address, the gateway's own.

Source: rest-orders.md §1.4 (headers), docs/architecture.md (limits).
"""

import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from ipaddress import ip_address
from typing import Any, Final

import msgspec

from altyn.domain.card.free_text import mask_card_numbers

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Header = tuple[bytes, bytes]

NO_STORE: Final[Header] = (b"cache-control", b"no-cache, no-store")
JSON: Final[Header] = (b"content-type", b"application/json;charset=UTF-8")
RETRY: Final[Header] = (b"retry-after", b"1")
encode_json: Final = msgspec.json.Encoder().encode

RULE_CHARS_MAX: Final = 2_000
RULE_CUT: Final = "... (cut here; the log has the rest)"
_UNPRINTABLE: Final = re.compile("[^ -~]")
_FOUR_DIGITS_MAX: Final = 0xFFFF

# Names on the internet have no underscore, names between containers may have one.
_HOST: Final = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


async def send_answer(send: Send, status: int, body: bytes, headers: Iterable[Header]) -> None:
    """Send one whole answer."""
    length: Header = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})


def rule_header(rule: str) -> Header:
    r"""The header with the broken rule or with what was ignored, for a developer in the sandbox.

    Characters that a header cannot hold are written as in JSON, `\u00a7`, so none is lost. A card
    number is masked: rules quote names that were sent. A rule of more than RULE_CHARS_MAX is cut,
    and says so.
    """
    rule = mask_card_numbers(rule)
    cut = rule if len(rule) <= RULE_CHARS_MAX else f"{rule[:RULE_CHARS_MAX]}{RULE_CUT}"
    return (b"x-altyn-rule", _UNPRINTABLE.sub(_escaped, cut).encode("ascii"))


def _escaped(character: re.Match[str]) -> str:
    number = ord(character[0])
    return f"\\u{number:04x}" if number <= _FOUR_DIGITS_MAX else f"\\U{number:08x}"


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
    """The client's address, as the server or a trusted proxy gives it; empty when it is unknown.

    A proxy may pass on what the client wrote into X-Forwarded-For: a text that is no IP address is
    dropped, since the address is stored, shown and logged.
    """
    client = scope.get("client")
    return _address_or_nothing(client[0]) if client else ""


def _address_or_nothing(text: str) -> str:
    try:
        ip_address(text)
    except ValueError:
        return ""
    return text
