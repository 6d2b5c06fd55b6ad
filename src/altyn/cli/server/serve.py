"""`altyn serve`: starts PostgreSQL and the gateway's processes, and prints their addresses.

When it is stopped, no process is left running, and the data are kept.
"""

import contextlib
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from altyn.cli.environment import (
    POSTGRES,
    embedded_postgres,
    keep_postgres_running,
    make_home,
    reachable_address,
    read_settings,
    remove_address_file,
    write_address_file,
)
from altyn.cli.output import CommandError
from altyn.cli.server.fresh import NOT_DURABLE, throw_away_home
from altyn.cli.server.ports import bind_port
from altyn.settings import Settings

if TYPE_CHECKING:
    import uvicorn

    from altyn.embedded_postgres import EmbeddedPostgres

FACTORY: Final = "altyn.main:create_app"
READY_WITHIN_SECONDS: Final = 60
_START_FAILED: Final = 3  # uvicorn's exit code of a worker that could not start


def serve(
    port: Annotated[int | None, typer.Option(help="Port; 0: any free port. [ALTYN_PORT]")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on. [ALTYN_HOST]")] = None,
    workers: Annotated[int | None, typer.Option(help="Worker processes. [ALTYN_WORKERS]")] = None,
    home: Annotated[Path | None, typer.Option(help="Data folder. [ALTYN_HOME]")] = None,
    database_url: Annotated[
        str | None, typer.Option(help="A PostgreSQL of your own. [ALTYN_DATABASE_URL]")
    ] = None,
    log_level: Annotated[
        str | None, typer.Option(help="debug, info, warning or error. [ALTYN_LOG_LEVEL]")
    ] = None,
    fresh: Annotated[  # noqa: FBT002 - an option of the command
        bool, typer.Option("--fresh", help="With new data, which are deleted at the end.")
    ] = False,
    as_json: Annotated[  # noqa: FBT002 - as above
        bool, typer.Option("--json", help="Print the address as one line of JSON when ready.")
    ] = False,
) -> None:
    """Start the gateway; Ctrl-C stops it and keeps the data."""
    started_at = time.monotonic()
    if fresh and (home or database_url):
        raise CommandError("--fresh makes new data of its own. Leave out --home, --database-url.")
    with ExitStack() as fresh_stack:
        if fresh:
            home = fresh_stack.enter_context(throw_away_home())
            fresh_stack.callback(_ignore_signals)
        settings = read_settings(
            port=port,
            host=host,
            workers=workers,
            home=home.expanduser().absolute() if home else None,
            database_url=database_url,
            log_level=log_level,
        )
        _serve_until_stopped(settings, started_at, fresh=fresh, as_json=as_json)
    if not as_json:
        from altyn.cli.server.banner import print_stopped

        print_stopped(settings, fresh=fresh)


def _serve_until_stopped(
    settings: Settings, started_at: float, *, fresh: bool, as_json: bool
) -> None:
    """Start everything, serve until a signal, and stop everything."""
    from altyn.cli.server.banner import print_banner, print_ready_as_json
    from altyn.storage.database import address as database_address

    with ExitStack() as stack:
        stack.enter_context(_until_stop_signal())
        listener = stack.enter_context(bind_port(settings.host, settings.port))
        bound_port: int = listener.getsockname()[1]
        make_home(settings)
        data = "" if settings.database_url else str(settings.home / POSTGRES)
        data += " (deleted at the end)" if fresh else ""
        settings = _prepare(replace(settings, port=bound_port), stack, durable=not fresh)
        address = reachable_address(settings.host, settings.port)
        stack.callback(remove_address_file, write_address_file(settings, address))
        data = data or database_address(settings.database_url or "")
        _when_ready(
            address,
            lambda: (
                print_ready_as_json(settings, address)
                if as_json
                else print_banner(settings, address, data, time.monotonic() - started_at)
            ),
        )
        _serve(settings, listener)


@contextmanager
def _until_stop_signal() -> Iterator[None]:
    """Ends the block without an error on Ctrl-C, SIGTERM, or when the terminal is closed."""

    def stop(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    def forward_as_sigterm(_signal: int, _frame: object) -> None:
        # While uvicorn serves, its SIGTERM handler finishes open requests first.
        os.kill(os.getpid(), signal.SIGTERM)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, forward_as_sigterm)
    with contextlib.suppress(KeyboardInterrupt):
        yield


def _ignore_signals() -> None:
    """Ignore further stop signals, so that the shutdown is not interrupted."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _prepare(settings: Settings, stack: ExitStack, *, durable: bool) -> Settings:
    """Start the embedded PostgreSQL unless a database is configured, and apply migrations."""
    if settings.database_url is None:
        postgres = embedded_postgres(settings, **({} if durable else NOT_DURABLE))
        # The stack runs its entries in reverse order: PostgreSQL stops after everything that uses
        # it, and no signal interrupts its shutdown.
        stack.callback(postgres.stop)
        stack.callback(_ignore_signals)  # needed if a signal interrupts the start
        settings = replace(settings, database_url=_start(postgres))
        stack.enter_context(keep_postgres_running(postgres))
        stack.callback(_ignore_signals)
    # Worker processes read the environment, so they get the port and the database from it.
    os.environ["ALTYN_PORT"] = str(settings.port)
    os.environ["ALTYN_DATABASE_URL"] = settings.database_url or ""
    import asyncio

    from altyn import logs
    from altyn.main import prepare
    from altyn.main.process import forbid_core_dumps

    logs.configure_logging(settings.log_level, settings.log_json)
    if not settings.sandbox:
        forbid_core_dumps()  # this process reads the keys of the cards, also if others serve
    asyncio.run(prepare(settings))
    return settings


def _start(postgres: "EmbeddedPostgres") -> str:
    """Start PostgreSQL during the import of the gateway, which takes longer; the database URL."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as executor:
        starting = executor.submit(postgres.start)
        import_module("altyn.main")
        return starting.result()


def _serve(settings: Settings, listener: socket.socket) -> None:
    """Run the server until a signal ends it. Refuses with CommandError: it could not start."""
    from altyn.inbound.connections.descriptors import raise_descriptor_limit
    from altyn.main.http_server import server_config

    raise_descriptor_limit()
    config = server_config(FACTORY, settings, factory=True)
    if not _run(config, listener):
        raise CommandError("The gateway could not start; see the log above.")


def _run(config: "uvicorn.Config", listener: socket.socket) -> bool:
    """Serve in this process, or in several under uvicorn's supervisor; whether it started."""
    import uvicorn

    from altyn.inbound.connections.processes import WorkerProcesses

    if config.workers > 1:
        supervisor = WorkerProcesses(config, sockets=[listener])
        supervisor.run()
        return all(process.exitcode != _START_FAILED for process in supervisor.processes)
    server = uvicorn.Server(config)
    with contextlib.suppress(SystemExit):  # uvicorn raises it when it cannot start
        server.run(sockets=[listener])
    return server.started


def _when_ready(address: str, print_addresses: Callable[[], None]) -> None:
    """Print the addresses, from a thread, as soon as one of its processes is ready."""

    def wait_and_print() -> None:
        if _becomes_ready(address):
            print_addresses()

    threading.Thread(target=wait_and_print, daemon=True).start()


def _becomes_ready(address: str) -> bool:
    """Wait until the gateway is ready; False when that takes longer than a minute."""
    from http.client import HTTPConnection, HTTPException

    host_and_port = address.removeprefix("http://")
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline:
        connection = HTTPConnection(host_and_port, timeout=5)
        try:
            connection.request("GET", "/ready")
            if connection.getresponse().status == 200:  # noqa: PLR2004 - the status OK
                return True
        except (OSError, HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.02)
    return False
