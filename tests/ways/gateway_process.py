"""A gateway with the test wallet registered, as a process of its own that a test can kill.

Run as `python -m tests.ways.gateway_process WALLET_URL`; its settings come from the environment. It
prints its port and serves until it is killed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import uvicorn

from altyn.main import create_app
from tests.launcher import listening_socket, reply
from tests.processes import ROOT, source_path
from tests.ways.connector import over_http
from tests.ways.registration import wallet_extensions


class GatewayProcess:
    """A started gateway. `port` is known when it listens; it may still be starting.

    `argument` is that of the module, which prints its port.
    """

    def __init__(
        self,
        database_url: str,
        home: Path,
        argument: str,
        module: str = "tests.ways.gateway_process",
    ) -> None:
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([*source_path(), str(ROOT)]),
            "ALTYN_DATABASE_URL": database_url,
            "ALTYN_HOME": str(home),
            "ALTYN_ACQUIRER_TIMEOUT": "1",  # seconds: a lost answer is inquired after two
            "ALTYN_POOL_SIZE": "4",
            "ALTYN_LOG_LEVEL": "error",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, argument],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        word, port = self._process.stdout.readline().split()
        assert word == "port"
        self.port = int(port)

    def kill(self) -> None:
        """End the process by SIGKILL, and wait until it is gone."""
        self._process.kill()
        self._process.wait(30)
        assert self._process.stdout is not None
        self._process.stdout.close()


def main() -> None:
    """Serve on a free port."""
    listener = listening_socket()
    reply("port", listener.getsockname()[1])
    app = create_app(wallet_extensions(over_http(sys.argv[1])))
    config = uvicorn.Config(app, lifespan="on", access_log=False, log_config=None)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
