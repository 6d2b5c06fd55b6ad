"""Making the data directory, and the configuration every start writes anew.
It exists so that a data directory is whole or absent, and always as durable as payments need."""

import os
import secrets
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from altyn.embedded_postgres.binaries import Binaries
from altyn.embedded_postgres.errors import EmbeddedPostgresError
from altyn.embedded_postgres.layout import Layout
from altyn.embedded_postgres.programs import Way

DATABASE: Final = "altyn"
USER: Final = "altyn"

BUILTIN_LOCALE_SINCE: Final = 17
"""First major version that brings C.UTF-8 itself; older ones ask the system, which may lack it."""

SETTINGS: Final[Mapping[str, str]] = {
    # An answered request is on the disk: these three are the promise.
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    # A laptop's share of memory; a bigger machine runs an external server anyway.
    "shared_buffers": "128MB",
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "1GB",
    "random_page_cost": "1.1",  # laptops and servers alike have no turning disks
    "max_connections": "100",  # several gateway processes and somebody's psql
    # Short statements only: compiling them costs more than running them, and parallel workers want
    # more shared memory than a container's 64 MB.
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    # The log keeps quiet about the values in rows: they are cards and people.
    "logging_collector": "on",
    "log_filename": "postgresql-%Y%m%d-%H%M%S.log",
    "log_file_mode": "0600",
    "log_rotation_age": "0",
    "log_rotation_size": "4MB",
    "log_min_messages": "warning",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
    "unix_socket_permissions": "0700",
}


def make_cluster(layout: Layout, binaries: Binaries, way: Way, *, keep_open: int) -> None:
    """Make a new data directory with our database and user in it.

    It is made under another name and renamed when whole: a start which was killed half-way leaves
    nothing that looks like data.
    """
    unfinished = layout.unfinished_cluster
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if way.uid is not None:
        os.chown(unfinished, way.uid, way.gid if way.gid is not None else -1)
    _initdb(unfinished, binaries, way, keep_open=keep_open)
    password = secrets.token_urlsafe(24)
    # Nothing is forced to the disk until all is made; a crash before that leaves just a wrong name.
    _in_single_user_mode(
        f"CREATE DATABASE {DATABASE};\nALTER ROLE {USER} PASSWORD '{password}';\n",
        unfinished,
        binaries,
        way,
        keep_open=keep_open,
    )
    write_anew(layout.password, password, mode=0o600)
    _run([binaries.initdb, "--sync-only", f"--pgdata={unfinished}"], way, keep_open=keep_open)
    unfinished.rename(layout.cluster)
    descriptor = os.open(layout.root, os.O_RDONLY)
    os.fsync(descriptor)  # the new name survives a power cut as the data do
    os.close(descriptor)


def _initdb(cluster: Path, binaries: Binaries, way: Way, *, keep_open: int) -> None:
    arguments: list[str | Path] = [
        binaries.initdb,
        f"--pgdata={cluster}",
        f"--username={USER}",
        "--auth-local=trust",  # whoever may enter the socket's folder is us
        "--auth-host=scram-sha-256",
        "--encoding=UTF8",
        "--data-checksums",
        "--no-instructions",
        "--no-sync",
    ]
    best, *others = _locales(binaries.major)
    for locale in others:
        code, _ = way.run([*arguments, *best], keep_open=[keep_open])
        if code == 0:
            return
        best = locale
    _run([*arguments, *best], way, keep_open=keep_open)


def _run(arguments: Sequence[str | Path], way: Way, *, keep_open: int) -> None:
    code, said = way.run(arguments, keep_open=[keep_open])
    if code != 0:
        raise EmbeddedPostgresError(
            f"A data directory could not be made: {' '.join(map(str, arguments))}, run as "
            f"{way.name}, ended with {code}. It said:\n{said.strip()}"
        )


def _locales(major: int) -> tuple[tuple[str, ...], ...]:
    """Arguments of initdb for an order of texts that no system update changes, best first."""
    if major >= BUILTIN_LOCALE_SINCE:
        return (("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),)
    return (("--locale=C.UTF-8",), ("--locale=C",))


def _in_single_user_mode(
    statements: str, cluster: Path, binaries: Binaries, way: Way, *, keep_open: int
) -> None:
    code, said = way.run(
        [binaries.postgres, "--single", "-F", "-D", cluster, "postgres"],
        told=statements,
        keep_open=[keep_open],
    )
    if code != 0 or "ERROR:" in said or "FATAL:" in said:
        raise EmbeddedPostgresError(
            f"PostgreSQL could not make the database {DATABASE!r} in {cluster}. It said:\n{said}"
        )


def write_configuration(layout: Layout, settings: Mapping[str, str]) -> None:
    """Write what the server starts with: ours, then `settings` over it. What an operator says by
    ALTER SYSTEM is kept by PostgreSQL in the data directory and wins over both."""
    chosen = {**SETTINGS, "log_directory": str(layout.log), **settings}
    lines = [f"{name} = {_quoted(value)}" for name, value in chosen.items()]
    text = "\n".join(("# Written at every start; use ALTER SYSTEM to change a setting.", *lines))
    # The server may run as another uid; nothing here is secret.
    write_anew(layout.configuration, text + "\n", mode=0o644)


def _quoted(value: str) -> str:
    if "\n" in value or "\0" in value:
        raise EmbeddedPostgresError(f"A setting of PostgreSQL must be one line: {value!r}.")
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def write_anew(path: Path, text: str, *, mode: int) -> None:
    """Write a file in the place of what was there, and never through a link to somewhere else."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(descriptor, mode)  # a strict umask would have closed it
        file.write(text)
