"""A minimal receiver of callbacks, in its own process.

It answers every request with 200 and stores the time of the first callback of each order. Run as
`python -m benchmarks.receiver PORT`. `GET /report` returns the number of requests, and the times by
order in seconds since 1970.
"""

import asyncio
import json
import re
import sys
import time

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
_ORDER = re.compile(rb"[?&]mdOrder=([^& ]+)")


class Receiver(asyncio.Protocol):
    """One connection. Its requests have no body, and arrive one after another."""

    received_at: dict[str, float] = {}  # noqa: RUF012 - shared by all connections
    requests = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._pending = b""

    def data_received(self, data: bytes) -> None:
        *requests, self._pending = (self._pending + data).split(b"\r\n\r\n")
        for request in requests:
            self._answer(request)

    def _answer(self, request: bytes) -> None:
        if request.startswith(b"GET /report "):
            report = {"requests": Receiver.requests, "received_at": Receiver.received_at}
            body = json.dumps(report).encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n"
            self._transport.write(head.encode() + body)
            return
        Receiver.requests += 1
        if found := _ORDER.search(request):
            Receiver.received_at.setdefault(found[1].decode(), time.time())
        self._transport.write(OK)


async def serve(port: int) -> None:
    """Serve until the process ends."""
    server = await asyncio.get_running_loop().create_server(Receiver, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
