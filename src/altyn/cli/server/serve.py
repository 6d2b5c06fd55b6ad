"""`altyn serve`: PostgreSQL, the gateway's processes, and a word about where everything is.

It exists so that one command is all it takes; stopped, it leaves nothing running but the data.
"""

import contextlib
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from altyn.cli import environment as surroundings
from altyn.cli.output import CommandError
from altyn.cli.server.ports import take_port
from altyn.settings import Settings

if TYPE_CHECKING:
    import uvicorn

    from altyn.embedded_postgres import EmbeddedPostgres

FACTORY: Final = "altyn.main:create_app"
BACKLOG: Final = 2048
GRACE_SECONDS: Final = 10
KEEP_ALIVE_SECONDS: Final = 65
"""Longer than the 60 s after which balancers let an idle connection go: they must be the ones to
close it, or a payment meets a connection that has just been closed."""


def serve(
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one. [ALTYN_PORT]")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on. [ALTYN_HOST]")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes. [ALTYN_WORKERS]")] = None,
    home: Annotated[Path | None, typer.Option(help="Data folder. [ALTYN_HOME]")] = None,
    database_url: Annotated[
        str | None, typer.Option(help="A PostgreSQL of your own. [ALTYN_DATABASE_URL]")
    ] = None,
    log_level: Annotated[
        str | None, typer.Option(help="debug, info, warning or error. [ALTYN_LOG_LEVEL]")
    ] = None,
) -> None:
    """Start the gateway; Ctrl-C stops it, the data stay."""
    began = time.monotonic()
    settings = surroundings.read_settings(
        port=port,
        host=host,
        workers=workers,
        home=home.expanduser().absolute() if home else None,
        database_url=database_url,
        log_level=log_level,
    )
    from altyn.storage.database import address as database_address

    with ExitStack() as stack:
        stack.enter_context(_stopped_by_signals())
        listening = stack.enter_context(take_port(settings.host, settings.port))
        taken: int = listening.getsockname()[1]
        surroundings.make_home(settings)
        data = "" if settings.database_url else str(settings.home / surroundings.POSTGRES)
        settings = _prepare(replace(settings, port=taken), stack)
        address = surroundings.reachable(settings.host, settings.port)
        left = surroundings.leave_address(settings, address)
        stack.callback(surroundings.take_address_away, left)
        data = data or database_address(settings.database_url or "")
        _announce_when_ready(settings, address, data, began)
        _serve(settings, listening)


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Ctrl-C, SIGTERM and a closed terminal all end the block, quietly; a second one is not heard
    while the first is being obeyed."""

    def stop(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    def ask_to_stop(_signal: int, _frame: object) -> None:
        # While serving, SIGTERM has a handler which ends requests first.
        os.kill(os.getpid(), signal.SIGTERM)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, ask_to_stop)
    with contextlib.suppress(KeyboardInterrupt):
        yield


def _ignore_signals() -> None:
    """What is stopping is not to be interrupted in the middle of it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _prepare(settings: Settings, stack: ExitStack) -> Settings:
    """Start the database if it is ours, and bring it to this version."""
    if settings.database_url is None:
        postgres = surroundings.embedded_postgres(settings)
        # Last in, first out: PostgreSQL stops after everything which uses it, undisturbed.
        stack.callback(postgres.stop)
        stack.callback(_ignore_signals)  # also where the start itself is interrupted
        settings = replace(settings, database_url=_started(postgres))
        stack.enter_context(surroundings.kept_running(postgres))
        stack.callback(_ignore_signals)
    # What was found out is for the worker processes too, and they read the environment.
    os.environ["ALTYN_PORT"] = str(settings.port)
    os.environ["ALTYN_DATABASE_URL"] = settings.database_url or ""
    import asyncio

    from altyn import logs
    from altyn.main import prepare

    logs.configure_logging(settings.log_level, settings.log_json)
    asyncio.run(prepare(settings))
    return settings


def _started(postgres: "EmbeddedPostgres") -> str:
    """Start PostgreSQL while Python reads the gateway's code, which takes longer; its URL."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as beside:
        starting = beside.submit(postgres.start)
        import_module("altyn.main")
        return starting.result()


def _serve(settings: Settings, listening: socket.socket) -> None:
    """Run the server until a signal ends it. Refuses with CommandError when it cannot start."""
    import uvicorn

    config = uvicorn.Config(
        FACTORY,
        factory=True,
        workers=settings.workers,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="debug" if settings.log_level == "debug" else "warning",
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    if not _run(config, listening):
        raise CommandError("The gateway could not start; the log above says why.")


def _run(config: "uvicorn.Config", listening: socket.socket) -> bool:
    """Serve in this process, or in several under uvicorn's supervisor; whether it ever served."""
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    if config.workers > 1:
        supervisor = Multiprocess(config, sockets=[listening])
        supervisor.run()
        return all(process.exitcode != _START_FAILED for process in supervisor.processes)
    server = uvicorn.Server(config)
    with contextlib.suppress(SystemExit):  # its way to say that it could not start
        server.run(sockets=[listening])
    return server.started


_START_FAILED: Final = 3


def _announce_when_ready(settings: Settings, address: str, data: str, began: float) -> None:
    """Say where everything is as soon as the first request is answered, whichever process does."""
    from altyn.cli.server.banner import print_banner

    def announce() -> None:
        if _answers(address):
            print_banner(settings, address, data, time.monotonic() - began)

    threading.Thread(target=announce, daemon=True).start()


def _answers(address: str) -> bool:
    """Wait until the gateway is ready; False when that takes a minute."""
    from http.client import HTTPConnection, HTTPException

    host_and_port = address.removeprefix("http://")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        connection = HTTPConnection(host_and_port, timeout=5)
        try:
            connection.request("GET", "/ready")
            if connection.getresponse().status == 200:  # noqa: PLR2004 - HTTP's own number
                return True
        except (OSError, HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.02)
    return False
