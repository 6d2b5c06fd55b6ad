"""uvicorn's configuration with the bounds of connections.

It is pickled for each worker process; the connections are counted in each process.
"""

from functools import cached_property
from typing import Any, Final

import uvicorn

from altyn.inbound.connections.bounds import Bounds, OpenConnections

READ_BYTES: Final = 65_536


class ServerConfig(uvicorn.Config):
    """The configuration of a server whose connections have bounds."""

    def __init__(self, app: Any, *, bounds: Bounds, **more: Any) -> None:
        super().__init__(app, **more)
        self.bounds = bounds

    @cached_property
    def read_buffer(self) -> memoryview:
        """What all connections of this server read into: one after another, in one event loop."""
        return memoryview(bytearray(READ_BYTES))

    @cached_property
    def open_connections(self) -> OpenConnections:
        """The open connections of this process."""
        return OpenConnections(self.bounds)
