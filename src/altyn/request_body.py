"""Reads the body of a request within a number of bytes and a time: the one reader of all endpoints.

It is a leaf, so that the simulators, which see the wire only, read bodies as the gateway does.
Source: rest-orders.md §1.1.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

Receive = Callable[[], Awaitable[Mapping[str, Any]]]

BODY_SECONDS_MAX: Final = 30.0
_CONTENT_LENGTH_DIGITS_MAX: Final = 18
"""Beyond that no limit would allow it, and `int()` of a long text is slow."""


class BodyTooLarge(Exception):  # noqa: N818 — named for what happened
    """The body is above the limit, by its Content-Length or by its bytes so far; HTTP 413."""


class BodyTooSlow(Exception):  # noqa: N818 — named for what happened
    """The body did not arrive in time; HTTP 408, and the connection is closed."""


class Disconnected(Exception):  # noqa: N818 — named for what happened
    """The client closed the connection before its request was complete; there is no answer."""


async def read_body(
    content_length: bytes,
    receive: Receive,
    *,
    bytes_max: int,
    seconds_max: float | None = None,
) -> bytes:
    """The whole body; `seconds_max` is BODY_SECONDS_MAX unless it is named.

    Raises BodyTooLarge, BodyTooSlow and Disconnected.
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
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        body += message.get("body", b"")
        if len(body) > bytes_max:
            raise BodyTooLarge
        if not message.get("more_body", False):
            whole = bytes(body)
            body[:] = bytes(len(body))  # it may hold a card; freed memory keeps its content
            return whole


def _declares_more_than(bytes_max: int, content_length: bytes) -> bool:
    """Whether the Content-Length is above the limit. One that is not a number is ignored."""
    if not content_length.isdigit():
        return False
    return len(content_length) > _CONTENT_LENGTH_DIGITS_MAX or int(content_length) > bytes_max
