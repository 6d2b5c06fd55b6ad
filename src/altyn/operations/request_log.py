"""The ports of the request log: one adds a request that was answered, one reads the log."""

from collections.abc import Sequence
from typing import Protocol

from altyn.domain.request_log import LoggedRequest, NewRequest, RequestFilter, RequestLine


class RequestRecorder(Protocol):
    """Takes the requests of one process, and never makes one wait."""

    def has_room(self) -> bool:
        """Whether a request can be taken; one that cannot is counted as dropped."""
        ...

    def add(self, request: NewRequest) -> None:
        """Take a request, to be written later."""
        ...


class RequestLog(Protocol):
    """Reads the request log. A later request has a larger id."""

    async def find(self, wanted: RequestFilter, *, limit: int) -> Sequence[RequestLine]:
        """The newest requests, newest first, at most so many."""
        ...

    async def get(self, request_id: int) -> LoggedRequest | None:
        """One request with its content; None when there is none, or not any more."""
        ...

    async def dropped(self) -> int:
        """How many requests of the time that the log covers were not recorded."""
        ...
