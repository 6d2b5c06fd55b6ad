"""Makes the data directory, and writes the configuration at every start.

A data directory is either complete or absent, and its commits are durable by default.
"""

import os
import secrets
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from altyn.embedded_postgres.binaries import Binaries
from altyn.embedded_postgres.errors import EmbeddedPostgresError
from altyn.embedded_postgres.layout import Layout
from altyn.embedded_postgres.programs import RunAs

DATABASE: Final = "altyn"
USER: Final = "altyn"

BUILTIN_LOCALE_SINCE: Final = 17
"""The first major version with its own C.UTF-8; older ones use the system's, if there is one."""

SETTINGS: Final[Mapping[str, str]] = {
    # With these three, a request that got a response is on the disk.
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    # Small enough for a laptop; larger machines use an external server.
    "shared_buffers": "128MB",
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "1GB",
    "random_page_cost": "1.1",  # SSDs, on laptops and servers
    "max_connections": "100",  # several gateway processes, and a psql
    # Statements are short: compiling them costs more than running them, and parallel workers need
    # more shared memory than the 64 MB of a container.
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    # The log must not show values of rows, which are data of cards and payers.
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


def make_cluster(layout: Layout, binaries: Binaries, run_as: RunAs, *, keep_open: int) -> None:
    """Make a new data directory with our database and user in it.

    It is made under another name and renamed when it is complete, so that a killed start does not
    leave an incomplete directory under the right name.
    """
    unfinished = layout.unfinished_cluster
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if run_as.uid is not None:
        os.chown(unfinished, run_as.uid, run_as.gid if run_as.gid is not None else -1)
    _initdb(unfinished, binaries, run_as, keep_open=keep_open)
    password = secrets.token_urlsafe(24)
    # Everything is flushed once at the end; a crash before that leaves an unfinished directory.
    _in_single_user_mode(
        f"CREATE DATABASE {DATABASE};\nALTER ROLE {USER} PASSWORD '{password}';\n",
        unfinished,
        binaries,
        run_as,
        keep_open=keep_open,
    )
    replace_file(layout.password, password, mode=0o600)
    _run([binaries.initdb, "--sync-only", f"--pgdata={unfinished}"], run_as, keep_open=keep_open)
    unfinished.rename(layout.cluster)
    descriptor = os.open(layout.root, os.O_RDONLY)
    os.fsync(descriptor)  # the new name survives a power cut too
    os.close(descriptor)


def _initdb(cluster: Path, binaries: Binaries, run_as: RunAs, *, keep_open: int) -> None:
    arguments: list[str | Path] = [
        binaries.initdb,
        f"--pgdata={cluster}",
        f"--username={USER}",
        "--auth-local=trust",  # only the server's user can enter the socket's folder
        "--auth-host=scram-sha-256",
        "--encoding=UTF8",
        "--data-checksums",
        "--no-instructions",
        "--no-sync",
    ]
    best, *alternatives = _locales(binaries.major)
    for locale in alternatives:
        code, _ = run_as.run([*arguments, *best], keep_open=[keep_open])
        if code == 0:
            return
        best = locale
    _run([*arguments, *best], run_as, keep_open=keep_open)


def _run(arguments: Sequence[str | Path], run_as: RunAs, *, keep_open: int) -> None:
    code, output = run_as.run(arguments, keep_open=[keep_open])
    if code != 0:
        raise EmbeddedPostgresError(
            f"PostgreSQL's data directory could not be made. The command, run as {run_as.name}, "
            f"ended with code {code}: {' '.join(map(str, arguments))}\nIts output:\n"
            f"{output.strip()}"
        )


def _locales(major: int) -> tuple[tuple[str, ...], ...]:
    """Arguments of initdb for a sort order that no system update changes, best first."""
    if major >= BUILTIN_LOCALE_SINCE:
        return (("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),)
    return (("--locale=C.UTF-8",), ("--locale=C",))


def _in_single_user_mode(
    statements: str, cluster: Path, binaries: Binaries, run_as: RunAs, *, keep_open: int
) -> None:
    code, output = run_as.run(
        [binaries.postgres, "--single", "-F", "-D", cluster, "postgres"],
        input_text=statements,
        keep_open=[keep_open],
    )
    if code != 0 or "ERROR:" in output or "FATAL:" in output:
        raise EmbeddedPostgresError(
            f"PostgreSQL could not make the database {DATABASE!r} in {cluster}. "
            f"Its output:\n{output}"
        )


def write_configuration(layout: Layout, settings: Mapping[str, str]) -> None:
    """Write the server's configuration: SETTINGS, overridden by `settings`.

    Settings that an operator changes by ALTER SYSTEM are in the data directory and override both.
    """
    effective = {**SETTINGS, "log_directory": str(layout.log), **settings}
    lines = [f"{name} = {_quoted(value)}" for name, value in effective.items()]
    text = "\n".join(("# Written at every start; use ALTER SYSTEM to change a setting.", *lines))
    # The server may run as another uid; nothing here is secret.
    replace_file(layout.configuration, text + "\n", mode=0o644)


def _quoted(value: str) -> str:
    if "\n" in value or "\0" in value:
        raise EmbeddedPostgresError(f"A setting of PostgreSQL must be one line: {value!r}.")
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def replace_file(path: Path, text: str, *, mode: int) -> None:
    """Write a file that replaces an existing one; a symbolic link is replaced, not followed."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(descriptor, mode)  # a strict umask may have removed bits
        file.write(text)
