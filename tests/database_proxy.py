"""A proxy before PostgreSQL, for tests of a database that hangs or is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit


@dataclass
class Proxy:
    """A TCP proxy before PostgreSQL's socket that can hang or refuse, as a lost server does."""

    socket: str
    port: int = 0
    hanging: bool = False
    refusing: bool = False
    server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refusing:
            writer.close()
            return
        away_reader, away_writer = await asyncio.open_unix_connection(self.socket)
        self._writers |= {writer, away_writer}
        for source, sink in ((reader, away_writer), (away_reader, writer)):
            task = asyncio.create_task(self._copy(source, sink))
            self._tasks.add(task)

    async def _copy(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65_536):
                while self.hanging:  # noqa: ASYNC110 - a test sets it back
                    await asyncio.sleep(0.02)
                sink.write(data)
        sink.close()

    def cut(self) -> None:
        """Close all connections, and refuse new ones."""
        self.refusing = True
        for writer in self._writers:
            writer.close()

    def stop(self) -> None:
        for task in self._tasks:
            task.cancel()


@asynccontextmanager
async def proxy_before(url: str) -> AsyncIterator[tuple[Proxy, str]]:
    parts = urlsplit(url)
    place = parse_qs(parts.query)
    proxy = Proxy(f"{place['host'][0]}/.s.PGSQL.{place['port'][0]}")
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.server = server
    proxy.port = server.sockets[0].getsockname()[1]
    credentials = parts.netloc.rpartition("@")[0]
    host = f"{credentials}@127.0.0.1:{proxy.port}"
    yield proxy, parts._replace(netloc=host, query="sslmode=disable").geturl()
    proxy.hanging = False
    proxy.stop()
    server.close()
