"""Reads the body of a request within a number of bytes and a time: the one reader of all endpoints.

It is a leaf, so that the simulators, which see the wire only, read bodies as the gateway does.
Source: rest-orders.md §1.1.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

Receive = Callable[[], Awaitable[Mapping[str, Any]]]

BODY_SECONDS_MAX: Final = 30.0
UNFINISHED_BYTES_MAX: Final = 134_217_728
"""What unfinished bodies may hold in this process together; one alone may always be as large as its
endpoint allows."""

_CONTENT_LENGTH_DIGITS_MAX: Final = 18
"""Beyond that no limit would allow it, and `int()` of a long text is slow."""


class BodyTooLarge(Exception):  # noqa: N818 — named for what happened
    """The body is above the limit, by its Content-Length or by its bytes so far; HTTP 413."""


class BodyTooSlow(Exception):  # noqa: N818 — named for what happened
    """The body did not arrive in time; HTTP 408, and the connection is closed."""


class TooManyBodies(Exception):  # noqa: N818 — named for what happened
    """The unfinished bodies of all requests hold too many bytes together; HTTP 429."""


class Disconnected(Exception):  # noqa: N818 — named for what happened
    """The client closed the connection before its request was complete; there is no answer."""


class ClearedBuffer(bytearray):
    """Bytes that are overwritten with zeros when they are freed, since they may hold a card.

    Freed memory keeps its content until it is used again. Copies made while the buffer grows, and
    `bytes` made of it, are not overwritten.
    """

    def __del__(self) -> None:
        self[:] = bytes(len(self))


class Unfinished:
    """Counts the bytes of bodies that are not complete."""

    def __init__(self) -> None:
        self.bytes = 0

    def add(self, count: int, *, bytes_max: int) -> None:
        """Count more bytes of a body of at most `bytes_max`. Raises TooManyBodies."""
        if self.bytes and self.bytes + count > max(UNFINISHED_BYTES_MAX, bytes_max):
            raise TooManyBodies
        self.bytes += count


UNFINISHED: Final = Unfinished()


async def read_body(
    content_length: bytes,
    receive: Receive,
    *,
    bytes_max: int,
    seconds_max: float | None = None,
) -> bytes:
    """The whole body; `seconds_max` is BODY_SECONDS_MAX unless it is named.

    Raises BodyTooLarge, BodyTooSlow, TooManyBodies and Disconnected.
    """
    seconds = BODY_SECONDS_MAX if seconds_max is None else seconds_max
    if _declares_more_than(bytes_max, content_length):
        raise BodyTooLarge
    try:
        async with asyncio.timeout(seconds):
            return await _received(receive, bytes_max)
    except TimeoutError:
        raise BodyTooSlow from None


async def _received(receive: Receive, bytes_max: int) -> bytes:
    """The body; one that comes in a single piece is not copied."""
    body = ClearedBuffer()
    try:
        return await _joined(body, receive, bytes_max)
    finally:
        UNFINISHED.bytes -= len(body)


async def _joined(body: ClearedBuffer, receive: Receive, bytes_max: int) -> bytes:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        piece: bytes = message.get("body", b"")
        if len(body) + len(piece) > bytes_max:
            raise BodyTooLarge
        more = message.get("more_body", False)
        if not more and not body:
            return piece
        UNFINISHED.add(len(piece), bytes_max=bytes_max)
        body += piece
        if not more:
            return bytes(body)


def _declares_more_than(bytes_max: int, content_length: bytes) -> bool:
    """Whether the Content-Length is above the limit. One that is not a number is ignored."""
    if not content_length.isdigit():
        return False
    return len(content_length) > _CONTENT_LENGTH_DIGITS_MAX or int(content_length) > bytes_max
