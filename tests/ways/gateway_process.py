"""A gateway with the test wallet registered, as a process of its own that a test can kill."""

from __future__ import annotations

from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from altyn.main import create_app
from tests.forked import ForkedProcess
from tests.launcher import listening_socket, run_server
from tests.processes import gateway_environment
from tests.ways.connector import over_http
from tests.ways.registration import wallet_extensions


def serve_wallet(pipe: Connection, wallet_url: str) -> None:
    """Serve on a free port, which is sent at the start, until the process is killed."""
    listener = listening_socket()
    pipe.send(("port", listener.getsockname()[1]))
    run_server(create_app(wallet_extensions(over_http(wallet_url))), listener)


class GatewayProcess:
    """A started gateway. `port` is known when it listens; it may still be starting.

    `argument` is that of `serve`, which sends its port.
    """

    def __init__(
        self,
        database_url: str,
        home: Path,
        argument: str,
        serve: Callable[[Connection, str], None] = serve_wallet,
    ) -> None:
        environment = gateway_environment(database_url, home)
        self._process = ForkedProcess(serve, argument, environment=environment)
        self.port: int = self._process.answer("port")

    def kill(self) -> None:
        """End the process by SIGKILL, and wait until it is gone."""
        self._process.kill()
