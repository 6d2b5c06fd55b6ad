"""A shop at a loopback port that answers a callback as the test defines, byte by byte."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

Answer = Callable[["Shop", asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Shop:
    """What it was sent, whole requests as bytes, over so many connections."""

    answer: Answer
    port: int = 0
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)  # the caller closed a connection

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/cb"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while not writer.is_closing():
                self.requests.append(await whole_request(reader))
                self.asked.set()
                await self.answer(self, writer)
        self.ended.set()
        writer.close()


async def whole_request(reader: asyncio.StreamReader) -> bytes:
    """Head and body of one request."""
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return head + await reader.readexactly(int(lengths[0].split(b":")[1]) if lengths else 0)


@asynccontextmanager
async def shop(answer: Answer, tls: ssl.SSLContext | None = None) -> AsyncIterator[Shop]:
    """A shop that is open until the end of the block, and then closes its connections."""
    opened = Shop(answer)
    visits: set[asyncio.Task[None]] = set()

    def visited(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visit = asyncio.ensure_future(opened.serve(reader, writer))
        visits.add(visit)
        visit.add_done_callback(lambda _: writer.close())

    server = await asyncio.start_server(visited, "127.0.0.1", 0, ssl=tls)
    opened.port = server.sockets[0].getsockname()[1]
    try:
        yield opened
    finally:
        server.close()
        for visit in visits:
            visit.cancel()
        await asyncio.gather(*visits, return_exceptions=True)
        await server.wait_closed()


def answering(raw: bytes) -> Answer:
    """A shop that answers every request with these bytes, and keeps the connection."""

    async def answer(_: Shop, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()

    return answer


def http(status: str, body: bytes = b"", *headers: str) -> bytes:
    """A whole HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def in_turn(*answers: Answer) -> Answer:
    """Another answer for each request; the last one for all that follow."""
    left = list(answers)

    async def answer(opened: Shop, writer: asyncio.StreamWriter) -> None:
        await (left.pop(0) if len(left) > 1 else left[0])(opened, writer)

    return answer


async def hang_up(_: Shop, writer: asyncio.StreamWriter) -> None:
    """Close the connection without a word."""
    writer.close()


async def break_off(_: Shop, writer: asyncio.StreamWriter) -> None:
    """Reset the connection without a word."""
    writer.transport.abort()


async def never_answer(_: Shop, writer: asyncio.StreamWriter) -> None:
    """Keep the caller waiting until it goes."""
    await asyncio.Event().wait()
