"""A running server as seen from outside: its lock file, its address, whether it answers.
It exists so that Altyn processes share one server, and a dead one is told from a live one."""

import contextlib
import os
import socket
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode

from altyn.embedded_postgres.cluster import DATABASE, USER
from altyn.embedded_postgres.layout import Layout
from altyn.embedded_postgres.locks import is_held

ANSWER_SECONDS: Final = 5.0
PROTOCOL_3_0: Final = 196_608
AUTHENTICATION: Final = b"R"
TOO_MANY_CONNECTIONS: Final = b"C53300\0"
TERMINATE: Final = b"X\0\0\0\4"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens: a socket's folder (a host that begins with '/'), or loopback."""

    host: str
    port: int
    password: str = ""

    @property
    def is_socket(self) -> bool:
        return self.host.startswith("/")

    @property
    def url(self) -> str:
        """As asyncpg and libpq both read it."""
        if self.is_socket:
            where = urlencode({"host": self.host, "port": self.port}, quote_via=quote)
            return f"postgresql://{USER}@/{DATABASE}?{where}"
        secret = quote(self.password, safe="")
        return f"postgresql://{USER}:{secret}@{self.host}:{self.port}/{DATABASE}"

    def answers(self) -> bool:
        """Whether a server accepts connections here. One that is starting or stopping does not; one
        whose connections are all taken does."""
        with contextlib.suppress(OSError), self._connect() as line:
            names = f"user\0{USER}\0database\0{DATABASE}\0\0".encode()
            line.sendall(struct.pack("!ii", 8 + len(names), PROTOCOL_3_0) + names)
            said = line.recv(4_096)
            line.sendall(TERMINATE)
            return said.startswith(AUTHENTICATION) or TOO_MANY_CONNECTIONS in said
        return False

    def _connect(self) -> socket.socket:
        if not self.is_socket:
            return socket.create_connection((self.host, self.port), timeout=ANSWER_SECONDS)
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(ANSWER_SECONDS)
        try:
            line.connect(f"{self.host}/.s.PGSQL.{self.port}")
        except OSError:
            line.close()
            raise
        return line


@dataclass(frozen=True, slots=True)
class LockFile:
    """What PostgreSQL's `postmaster.pid` says; it may be left over from a killed server."""

    pid: int
    port: int
    socket_folder: str
    host: str
    ready: bool

    def address(self, password: Path) -> Address:
        if self.socket_folder:
            return Address(self.socket_folder, self.port)
        host = self.host if self.host not in ("", "*") else "127.0.0.1"
        return Address(host, self.port, password.read_text(encoding="utf-8"))


def lock_file(layout: Layout) -> Path:
    """Written by PostgreSQL, in a format documented with its sources."""
    return layout.cluster / "postmaster.pid"


def read_lock_file(layout: Layout) -> LockFile | None:
    """None when there is none, or it is being written just now."""
    try:
        lines = lock_file(layout).read_text(encoding="utf-8").splitlines()
        pid, port, socket_folder, host, ready = lines[0], lines[3], lines[4], lines[5], lines[7]
        return LockFile(int(pid), int(port), socket_folder, host, ready.strip() == "ready")
    except (FileNotFoundError, IndexError, ValueError):
        return None


def is_server_of(pid: int, layout: Layout) -> bool:
    """Whether the process is a server of this data directory, and not a stranger which got the pid
    of a dead one. It is known by its arguments, which everybody may read, or (started by hand) by
    the directory it works in. Where the system shows neither, our lock, held by the server's own
    processes only, must do."""
    if not Path("/proc/self").exists():
        return is_held(layout.server_lock) and _is_alive(pid)
    process = Path(f"/proc/{pid}")
    with contextlib.suppress(OSError):
        program, *arguments = (process / "cmdline").read_bytes().split(b"\0")
        if program.endswith(b"postgres") and os.fsencode(layout.cluster) in arguments:
            return True
        return (process / "cwd").readlink() == layout.cluster
    return False


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def find_running(layout: Layout) -> LockFile | None:
    """The server which runs on the data directory and answers, whoever started it."""
    found = read_lock_file(layout)
    if found is None or not found.ready:
        return None
    if not is_held(layout.server_lock) and not is_server_of(found.pid, layout):
        return None
    return found if found.address(layout.password).answers() else None


def clear_left_overs(layout: Layout, socket_folder: Path | None) -> None:
    """Remove what a killed server left and a new one could trip over: PostgreSQL believes a lock
    file whose pid some other process has got since. Called only while the server's lock is ours."""
    found = read_lock_file(layout)
    if found is not None and not is_server_of(found.pid, layout):
        lock_file(layout).unlink(missing_ok=True)
    if socket_folder is not None:
        for path in socket_folder.glob(".s.PGSQL.*"):
            path.unlink(missing_ok=True)
