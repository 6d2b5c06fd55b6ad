"""Calls of a simulator in this process, which may be lost as calls over a network are."""

import asyncio
from collections.abc import Awaitable
from enum import StrEnum
from typing import Protocol, TypeVar

from structlog.typing import FilteringBoundLogger

Answer = TypeVar("Answer")


class Keyed(Protocol):
    """A request with an idempotency key."""

    @property
    def key(self) -> str: ...
    @property
    def operation(self) -> StrEnum: ...


async def answer_in_time(
    asked: Awaitable[Answer],
    request: Keyed,
    *,
    timeout_seconds: float,
    log: FilteringBoundLogger,
    neighbour: str,
) -> Answer | None:
    """The answer to a request; None when it is lost: too late, or an exception.

    The request may have been carried out. The log gets `<neighbour>_timed_out` or
    `<neighbour>_failed`.
    """
    timed_out, failed = f"{neighbour}_timed_out", f"{neighbour}_failed"
    try:
        async with asyncio.timeout(timeout_seconds):
            return await asked
    except TimeoutError:
        log.warning(timed_out, key=request.key, operation=request.operation.value)
    except Exception:  # it may have been raised after the money moved
        log.exception(failed, key=request.key, operation=request.operation.value)
    return None
