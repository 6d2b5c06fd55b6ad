"""An HTTP server of our connections around an ASGI application, and clients that send bytes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

from uvicorn.server import ServerState

from altyn.inbound.connections.bounds import Bounds
from altyn.inbound.connections.buffered import BufferedConnection
from altyn.inbound.connections.server_config import ServerConfig

WAIT_SECONDS = 30

ACQUIRER_KEY: Final = "key-of-the-simulated-bank"


@dataclass(frozen=True, slots=True)
class RawServer:
    """A server on a free port; `state` has its connections and running requests."""

    port: int
    state: ServerState

    @asynccontextmanager
    async def connect(self, host: str = "127.0.0.1") -> AsyncIterator[RawClient]:
        """Open a connection from an address of this machine."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, local_addr=(host, 0))
        try:
            yield RawClient(reader, writer)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def exchange(self, *pieces: bytes) -> bytes:
        """Send bytes on a connection of their own; all that is answered until it is closed."""
        async with self.connect() as client:
            await client.send(*pieces)
            return await client.rest()


@dataclass(frozen=True, slots=True)
class RawClient:
    """A connection of a client."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, *pieces: bytes) -> None:
        """Send pieces, one write each, until the server no longer takes them."""
        with suppress(OSError):
            for piece in pieces:
                self.writer.write(piece)
                await self.writer.drain()
                await asyncio.sleep(0)

    async def head(self) -> bytes:
        """The head of the next answer."""
        async with asyncio.timeout(WAIT_SECONDS):
            return await self.reader.readuntil(b"\r\n\r\n")

    async def rest(self) -> bytes:
        """Everything until the server closes the connection."""
        received = bytearray()
        with suppress(ConnectionResetError):
            async with asyncio.timeout(WAIT_SECONDS):
                while piece := await self.reader.read(65_536):
                    received += piece
        return bytes(received)


@asynccontextmanager
async def raw_server(
    app: Any,
    bounds: Bounds | None = None,
    *,
    lifespan_state: Mapping[str, Any] | None = None,
    **more: Any,
) -> AsyncIterator[RawServer]:
    """Serve an application in this event loop."""
    config = ServerConfig(
        app, bounds=bounds or Bounds(), lifespan="off", ws="none", log_config=None, **more
    )
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: BufferedConnection(config, state, {**(lifespan_state or {})}, loop), "127.0.0.1", 0
    )
    try:
        yield RawServer(server.sockets[0].getsockname()[1], state)
    finally:
        server.close()
        for connection in list(state.connections):
            connection.transport.abort()
