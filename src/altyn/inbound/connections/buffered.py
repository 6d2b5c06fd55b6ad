"""Reads a connection into a buffer of ours, which is cleared after each read.

An event loop reads other connections into a buffer of its own, and what a card's request left there
stays until the next long request.
"""

import asyncio
from typing import Any

from uvicorn.server import ServerState

from altyn.domain.clearing import clear
from altyn.inbound.connections.protocol import BoundedProtocol
from altyn.inbound.connections.server_config import ServerConfig


class BufferedConnection(asyncio.BufferedProtocol):
    """One connection; `protocol` gets the bytes and everything else that happens."""

    def __init__(
        self,
        config: ServerConfig,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._buffer = config.read_buffer
        self._protocol = BoundedProtocol(config, server_state, app_state, _loop)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The connection is open."""
        self._protocol.connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is closed."""
        self._protocol.connection_lost(exc)

    def pause_writing(self) -> None:
        """The client reads more slowly than it is answered."""
        self._protocol.pause_writing()

    def resume_writing(self) -> None:
        """The client has read what was written."""
        self._protocol.resume_writing()

    def eof_received(self) -> None:
        """The client sends nothing more; the connection is closed."""
        self._protocol.eof_received()

    def get_buffer(self, _sizehint: int) -> memoryview:
        """The buffer that all connections share: the event loop fills it and calls
        `buffer_updated` in one step."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Parse what was read. All copies of it are overwritten, since it may hold a card."""
        data = bytes(self._buffer[:nbytes])
        self._buffer[:nbytes] = bytes(nbytes)
        self._protocol.data_received(data)
        clear(data)
