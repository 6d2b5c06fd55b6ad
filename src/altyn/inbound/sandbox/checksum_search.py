"""Checks a checksum within a time, and only while the client waits for the result.

The search for the reason of a wrong checksum takes seconds of computing for a long callback.
Source: callbacks.md §6.4.
"""

import asyncio
import threading
from time import monotonic
from typing import Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from starlette.requests import Request

from altyn.diagnostics.checksum_verdict import Verdict, check_checksum
from altyn.diagnostics.received_callback import Received
from altyn.request_body import Disconnected

SEARCH_SECONDS_MAX: Final = 5.0
SEARCHES_MAX: Final = 2


class ChecksumSearch:
    """Runs checks in threads, a few at a time."""

    def __init__(self, *, seconds_max: float = SEARCH_SECONDS_MAX) -> None:
        self._seconds_max = seconds_max
        self._slots = asyncio.Semaphore(SEARCHES_MAX)

    async def check(
        self,
        request: Request,
        received: Received,
        *,
        key: str | None,
        public_key: RSAPublicKey | None,
        computed: str | None,
    ) -> Verdict:
        """The verdict on a callback that was received.

        `request` is the request for it, whose body has been read. After the time the verdict says
        that the reason was not found. Raises Disconnected: the client left before.
        """
        client_left = asyncio.create_task(_wait_for_end(request))
        stopping = threading.Event()
        try:
            async with self._slots:
                deadline = monotonic() + self._seconds_max
                search = asyncio.create_task(
                    asyncio.to_thread(
                        check_checksum,
                        received,
                        key=key,
                        public_key=public_key,
                        computed=computed,
                        stop=lambda: stopping.is_set() or monotonic() >= deadline,
                    )
                )
                await asyncio.wait((search, client_left), return_when=asyncio.FIRST_COMPLETED)
                stopping.set()
                verdict = await search
        finally:
            stopping.set()
            left = client_left.done()
            client_left.cancel()
        if left:
            raise Disconnected
        return verdict


async def _wait_for_end(request: Request) -> None:
    """Wait until the client closes the connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
