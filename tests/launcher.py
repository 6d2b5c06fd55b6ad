"""A launcher of gateway processes that can be killed and are back at once.

It imports the gateway once, opens the listening sockets, and forks a process whenever it is told to
on its standard input, so that a restart costs no imports and no connection is refused meanwhile.
Run as `python -m tests.launcher SOCKETS`; its settings are the environment's (`ALTYN_*`).
    start 0  →  started PID      a gateway that serves socket 0
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
    """Serve commands until nobody sends any."""
    sockets = [listening() for _ in range(int(sys.argv[1]))]
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the killed need no burial
    say("ports", *(each.getsockname()[1] for each in sockets))
    started: list[int] = []
    for line in sys.stdin:
        _, number = line.split()
        pid = os.fork()
        if pid == 0:
            serve(sockets[int(number)])
        started.append(pid)
        say("started", pid)
    for pid in started:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def listening() -> socket.socket:
    """A socket on a free port of this machine alone."""
    opened = socket.socket()
    opened.bind(("127.0.0.1", 0))
    opened.listen(BACKLOG)
    return opened


def serve(listener: socket.socket) -> NoReturn:
    """Be a gateway, to the end of this process."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    sys.stdin.close()
    config = uvicorn.Config(create_app(), lifespan="on", access_log=False, log_config=None)
    uvicorn.Server(config).run(sockets=[listener])
    os._exit(0)


def say(*words: object) -> None:
    """One line of answer."""
    print(*words, flush=True)  # noqa: T201 - the answer to whoever holds the other end


if __name__ == "__main__":
    main()
