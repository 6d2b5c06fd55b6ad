"""The settings of a command, its data folder and database, and the address of the gateway.

An option is written into the environment, so it also applies to the processes that the command
starts.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from altyn import settings as settings_module
from altyn.cli.output import CommandError
from altyn.settings import Settings

if TYPE_CHECKING:
    from altyn.embedded_postgres import EmbeddedPostgres

POSTGRES: Final = "postgres"
ADDRESS_FILE: Final = "serving"
CHECK_SECONDS: Final = 2.0


def read_settings(**options: object) -> Settings:
    """The settings of the environment; an option that is not None replaces its variable.

    The option is written into the environment, so that worker processes start with it too.
    """
    for name, value in options.items():
        if value is not None:
            os.environ[f"ALTYN_{name.upper()}"] = str(value)
    return settings_module.load()


def make_home(settings: Settings) -> None:
    """Create the data folder if it is missing; other users cannot list it.

    Refuses with CommandError: the folder cannot be created.
    """
    # If this user is root, PostgreSQL may run as another user, which must be able to open files
    # below the folder.
    mode = 0o711 if os.geteuid() == 0 else 0o700
    try:
        settings.home.mkdir(mode=mode, parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(
            f"The data folder {settings.home} cannot be created ({error.strerror}). Set ALTYN_HOME "
            "to a folder that this user may write to."
        ) from None


def embedded_postgres(settings: Settings, **more: str) -> "EmbeddedPostgres":
    """The PostgreSQL of the data folder, with enough connections for all gateway processes.

    `more` are further settings of PostgreSQL.
    """
    from altyn.embedded_postgres import EmbeddedPostgres

    connections = max(100, settings.workers * (settings.pool_size + 2) + 20)
    return EmbeddedPostgres(
        settings.home / POSTGRES,
        binaries=settings.postgres_bin,
        settings={"max_connections": str(connections), **more},
    )


@contextmanager
def keep_postgres_running(postgres: "EmbeddedPostgres") -> Iterator[None]:
    """Restart PostgreSQL if it ends while the gateway runs.

    It ends when it is killed, or when a short command that had started it stops it.
    """
    from altyn.embedded_postgres.repeating_thread import RepeatingThread

    supervisor = RepeatingThread("postgres", postgres.start, every_seconds=CHECK_SECONDS)
    try:
        yield
    finally:
        supervisor.stop()


@contextmanager
def settings_with_database(settings: Settings, *, create: bool = False) -> Iterator[Settings]:
    """The settings with the URL of a running database.

    A database that this starts is stopped at the end. Refuses with CommandError, unless `create`:
    the data folder has no gateway.
    """
    if settings.database_url is not None:
        yield settings
        return
    if not create and not (settings.home / POSTGRES).exists():
        raise CommandError(
            f"There is no gateway in {settings.home} yet. Start one with `altyn serve`, or set "
            "ALTYN_HOME to another data folder or ALTYN_DATABASE_URL to the URL of a PostgreSQL."
        )
    make_home(settings)
    with embedded_postgres(settings) as postgres:
        yield replace(settings, database_url=postgres.url)


def write_address_file(settings: Settings, address: str) -> Path:
    """Write the address of the running gateway into its data folder, for the other commands."""
    make_home(settings)
    path = settings.home / ADDRESS_FILE
    path.write_text(f"{address}\n{os.getpid()}\n", encoding="utf-8")
    return path


def remove_address_file(path: Path) -> None:
    """Remove the file of `write_address_file`, unless another gateway has replaced it."""
    try:
        if path.read_text(encoding="utf-8").splitlines()[1:] == [str(os.getpid())]:
            path.unlink()
    except OSError:
        return


def gateway_address(settings: Settings, url: str | None = None) -> str:
    """The address of the running gateway.

    The first of these that exists: `url`, the address with ALTYN_PORT, the address in the address
    file, the default address of `serve`.
    Refuses with CommandError: a `url` that is not an address of http or https.
    """
    if url is not None:
        return checked_url(url)
    if "ALTYN_PORT" not in os.environ:
        try:
            return (settings.home / ADDRESS_FILE).read_text(encoding="utf-8").splitlines()[0]
        except (OSError, IndexError):
            pass
    return reachable_address(settings.host, settings.port)


def checked_url(url: str) -> str:
    """The address of a gateway without a slash at its end.

    Refuses with CommandError: not http or https, no host, an impossible port, a query, a user.
    """
    try:
        parts = urlsplit(url)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid, parts = False, urlsplit("")
    if not valid or parts.query or parts.fragment or "@" in parts.netloc or not url.isprintable():
        raise CommandError(
            f"--url {url!r} is not the address of a gateway. Write scheme, host and port: "
            "http://127.0.0.1:8080."
        )
    return url.rstrip("/")


def reachable_address(host: str, port: int) -> str:
    """The address by which this machine reaches a server that listens on `host`."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - it is not bound
    name = f"[{name}]" if ":" in name and not name.startswith("[") else name
    return f"http://{name}:{port}"
