"""The refusals of requests that are not read to their end, in the form of the classic dialect.

No method and no dialect is known then, so these answers are the same at every address.
Source: rest-orders.md §1.4.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import msgspec

from altyn.protocol.dialects.classic.dialect import transport_fault

ENCODE_ADDRESS: Final = (
    "In an address, write a blank as %20 and every other character that is not a letter, a digit "
    "or one of -._~ in its percent-encoded form"
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """The answer to a request that is not read: HTTP status and text. Its connection is closed."""

    status: HTTPStatus
    text: str
    allow: str = ""

    @property
    def body(self) -> bytes:
        """The body of the answer: JSON."""
        return msgspec.json.encode(transport_fault(self.text))

    @property
    def answer(self) -> bytes:
        """The whole answer in HTTP/1.1."""
        body = self.body
        lines = (
            f"HTTP/1.1 {self.status} {self.status.phrase}",
            "content-type: application/json;charset=UTF-8",
            f"content-length: {len(body)}",
            *([f"allow: {self.allow}"] if self.allow else ()),
            "connection: close",
        )
        return "\r\n".join((*lines, "", "")).encode() + body


class RefusedError(Exception):
    """The request is refused while it is parsed."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.text)
        self.refusal = refusal


HEAD_TOO_LARGE: Final = Refusal(
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    "The headers of the request are larger than this gateway reads: send long values in the body",
)
HEAD_TOO_SLOW: Final = Refusal(
    HTTPStatus.REQUEST_TIMEOUT, "The headers of the request were not complete in time"
)
BODY_OVERHEAD: Final = Refusal(
    HTTPStatus.BAD_REQUEST,
    "The chunks of the body are too small, or its trailers too long: send Content-Length",
)
NO_WEBSOCKET: Final = Refusal(
    HTTPStatus.BAD_REQUEST, "This gateway has no WebSocket: send the request without Upgrade"
)
NO_TUNNEL: Final = Refusal(
    HTTPStatus.METHOD_NOT_ALLOWED, "This gateway is not a proxy: send GET or POST", "GET, POST"
)
TOO_MANY_PIPELINED: Final = Refusal(
    HTTPStatus.TOO_MANY_REQUESTS,
    "Too many requests wait on this connection: send the next one after an answer",
)
TOO_MANY_CONNECTIONS: Final = Refusal(
    HTTPStatus.TOO_MANY_REQUESTS,
    "Too many connections are open from this address: use them again, or close those not needed",
)


def unreadable(reason: str) -> Refusal:
    """The refusal of what the parser cannot read. `reason` is the parser's and quotes nothing."""
    text = f"The request is not valid HTTP ({reason}). {ENCODE_ADDRESS}"
    return Refusal(HTTPStatus.BAD_REQUEST, text)
