"""A launcher of gateway processes that restarts killed ones quickly.

It opens the listening sockets, and forks a process for each number that it receives. So a restart
repeats no imports, and no connection is refused meanwhile. It runs in a `ForkedProcess`; its
settings are the environment's (`ALTYN_*`).
"""

import os
import signal
import socket
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import NoReturn

import uvicorn

from altyn.main import App, create_app

BACKLOG = 1024


def launch(pipe: Connection, sockets: int) -> None:
    """Start a gateway on the socket of each received number, until the connection is closed.

    The gateways end with the launcher.
    """
    opened = [listening_socket() for _ in range(sockets)]
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps killed children
    pipe.send(("ports", [each.getsockname()[1] for each in opened]))
    started: list[int] = []
    with suppress(EOFError):
        while True:
            number = pipe.recv()
            pid = os.fork()
            if pid == 0:
                _serve(opened[number])
            started.append(pid)
            pipe.send(("started", pid))
    for pid in started:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def listening_socket() -> socket.socket:
    """A socket on a free port of the loopback interface."""
    opened = socket.socket()
    opened.bind(("127.0.0.1", 0))
    opened.listen(BACKLOG)
    return opened


def run_server(app: App, listener: socket.socket) -> None:
    """Serve a gateway on a socket until this process ends."""
    config = uvicorn.Config(app, lifespan="on", access_log=False, log_config=None)
    uvicorn.Server(config).run(sockets=[listener])


def _serve(listener: socket.socket) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    run_server(create_app(), listener)
    os._exit(0)
