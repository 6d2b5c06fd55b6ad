"""What every command starts from: the settings, and the database behind them.

It exists so that an option and an environment variable mean the same thing, for this process and
for those it starts.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from altyn import settings as settings_module
from altyn.cli.output import CommandError
from altyn.settings import Settings

if TYPE_CHECKING:
    from altyn.embedded_postgres import EmbeddedPostgres

POSTGRES: Final = "postgres"
ADDRESS_FILE: Final = "serving"
CHECK_SECONDS: Final = 2.0


def read_settings(**options: object) -> Settings:
    """The settings of the environment, with what was given as an option laid over them.

    An option goes into the environment, so that worker processes are started with it too.
    """
    for name, value in options.items():
        if value is not None:
            os.environ[f"ALTYN_{name.upper()}"] = str(value)
    return settings_module.load()


def make_home(settings: Settings) -> None:
    """Make the data folder if it is missing, closed to others. Refuses with CommandError."""
    # Root's PostgreSQL may run as another user, who has to pass through but sees no names.
    mode = 0o711 if os.geteuid() == 0 else 0o700
    try:
        settings.home.mkdir(mode=mode, parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(
            f"The data folder {settings.home} cannot be made ({error.strerror}). Name one that "
            "this user may write to in ALTYN_HOME."
        ) from None


def embedded_postgres(settings: Settings) -> "EmbeddedPostgres":
    """The PostgreSQL of the data folder, with room for every process of the gateway."""
    from altyn.embedded_postgres import EmbeddedPostgres

    connections = max(100, settings.workers * (settings.pool_size + 2) + 20)
    return EmbeddedPostgres(
        settings.home / POSTGRES,
        binaries=settings.postgres_bin,
        settings={"max_connections": str(connections)},
    )


@contextmanager
def kept_running(postgres: "EmbeddedPostgres") -> Iterator[None]:
    """Start PostgreSQL again should it end under a running gateway: it was killed, or a short
    command which had started it has stopped it."""
    from altyn.embedded_postgres import EmbeddedPostgresError

    ended = threading.Event()

    def keep() -> None:
        while not ended.wait(CHECK_SECONDS):
            with suppress(EmbeddedPostgresError):  # its own log says why; the next look may help
                postgres.start()

    keeper = threading.Thread(target=keep, name="postgres keeper", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()


@contextmanager
def database(settings: Settings, *, make: bool = False) -> Iterator[Settings]:
    """The settings with a database that answers; one that was started for us ends with us.

    Refuses, unless it may `make` the data folder: a gateway that was never started.
    """
    if settings.database_url is not None:
        yield settings
        return
    if not make and not (settings.home / POSTGRES).exists():
        raise CommandError(
            f"There is no gateway in {settings.home} yet. Start one with `altyn serve`, or name "
            "another data folder in ALTYN_HOME or a PostgreSQL in ALTYN_DATABASE_URL."
        )
    make_home(settings)
    with embedded_postgres(settings) as postgres:
        yield replace(settings, database_url=postgres.url)


def leave_address(settings: Settings, address: str) -> Path:
    """Write where the gateway of this data folder answers, for the other commands."""
    make_home(settings)
    path = settings.home / ADDRESS_FILE
    path.write_text(f"{address}\n{os.getpid()}\n", encoding="utf-8")
    return path


def take_address_away(path: Path) -> None:
    """Remove what `leave_address` wrote, if another gateway has not written its own meanwhile."""
    try:
        if path.read_text(encoding="utf-8").splitlines()[1:] == [str(os.getpid())]:
            path.unlink()
    except OSError:
        return


def gateway_address(settings: Settings, given: str | None = None) -> str:
    """Where the running gateway answers: as given, as ALTYN_PORT says, or as `serve` left it."""
    if given is not None:
        return given.rstrip("/")
    if "ALTYN_PORT" not in os.environ:
        try:
            return (settings.home / ADDRESS_FILE).read_text(encoding="utf-8").splitlines()[0]
        except (OSError, IndexError):
            pass
    return reachable(settings.host, settings.port)


def reachable(host: str, port: int) -> str:
    """The address by which this machine reaches a server that listens on `host`."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - read, not bound
    name = f"[{name}]" if ":" in name and not name.startswith("[") else name
    return f"http://{name}:{port}"
