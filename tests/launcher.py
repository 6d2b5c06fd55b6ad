"""A launcher of gateway processes that restarts killed ones quickly.

It imports the gateway once, opens the listening sockets, and forks a process for each command on
its standard input. So a restart repeats no imports, and no connection is refused meanwhile.
Run as `python -m tests.launcher SOCKETS`; its settings are the environment's (`ALTYN_*`).
    start 0  →  started PID      starts a gateway that serves socket 0
It ends, and its gateways with it, when its standard input is closed.
"""

import os
import signal
import socket
import sys
from contextlib import suppress
from typing import NoReturn

import uvicorn

from altyn.main import create_app

BACKLOG = 1024


def main() -> None:
    """Run commands until standard input is closed."""
    sockets = [listening_socket() for _ in range(int(sys.argv[1]))]
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps killed children
    reply("ports", *(each.getsockname()[1] for each in sockets))
    started: list[int] = []
    for line in sys.stdin:
        _, number = line.split()
        pid = os.fork()
        if pid == 0:
            serve(sockets[int(number)])
        started.append(pid)
        reply("started", pid)
    for pid in started:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def listening_socket() -> socket.socket:
    """A socket on a free port of the loopback interface."""
    opened = socket.socket()
    opened.bind(("127.0.0.1", 0))
    opened.listen(BACKLOG)
    return opened


def serve(listener: socket.socket) -> NoReturn:
    """Run a gateway until this process ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    sys.stdin.close()
    config = uvicorn.Config(create_app(), lifespan="on", access_log=False, log_config=None)
    uvicorn.Server(config).run(sockets=[listener])
    os._exit(0)


def reply(*words: object) -> None:
    """Print one line of answer."""
    print(*words, flush=True)  # noqa: T201 - the answer to the parent process


if __name__ == "__main__":
    main()
