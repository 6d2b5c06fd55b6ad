"""Waits until something has changed, such as a phone, without holding a database connection."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Final, TypeVar

from starlette.requests import Request

PAUSE_SECONDS: Final = 0.25
WAIT_SECONDS_MAX: Final = 20

Found = TypeVar("Found")


async def wait_for_change(
    look: Callable[[], Awaitable[Found]],
    is_change: Callable[[Found], bool],
    *,
    seconds: float,
    request: Request,
) -> Found:
    """Look until there is a change, `seconds` are over, or the client has left; the last look."""
    deadline = monotonic() + seconds
    while True:
        found = await look()
        if is_change(found) or monotonic() >= deadline or await request.is_disconnected():
            return found
        await asyncio.sleep(PAUSE_SECONDS)


def read_wait(text: str | None) -> int:
    """The seconds to wait. Raises ValueError: not a whole number of seconds up to the maximum."""
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and int(text) <= WAIT_SECONDS_MAX):
        raise ValueError(f"wait: a whole number of seconds from 0 to {WAIT_SECONDS_MAX}")
    return int(text)
