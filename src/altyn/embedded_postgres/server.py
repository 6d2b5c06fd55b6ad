"""Finds a running server: reads its lock file and its address, and checks that it answers."""

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
    """Where a server listens: in a socket's folder (the host begins with '/'), or on loopback."""

    host: str
    port: int
    password: str = ""

    @property
    def is_socket(self) -> bool:
        return self.host.startswith("/")

    @property
    def url(self) -> str:
        """The URL, in the form that asyncpg and libpq both read."""
        if self.is_socket:
            where = urlencode({"host": self.host, "port": self.port}, quote_via=quote)
            return f"postgresql://{USER}@/{DATABASE}?{where}"
        secret = quote(self.password, safe="")
        return f"postgresql://{USER}:{secret}@{self.host}:{self.port}/{DATABASE}"

    def answers(self) -> bool:
        """Whether a server accepts connections here.

        A server that is starting or stopping does not; a server without a free connection does.
        """
        with contextlib.suppress(OSError), self._connect() as line:
            names = f"user\0{USER}\0database\0{DATABASE}\0\0".encode()
            line.sendall(struct.pack("!ii", 8 + len(names), PROTOCOL_3_0) + names)
            received = line.recv(4_096)
            line.sendall(TERMINATE)
            return received.startswith(AUTHENTICATION) or TOO_MANY_CONNECTIONS in received
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
    """The content of PostgreSQL's `postmaster.pid`; it may be left over from a killed server."""

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
    """The path of `postmaster.pid`, whose format is documented in PostgreSQL's sources."""
    return layout.cluster / "postmaster.pid"


def read_lock_file(layout: Layout) -> LockFile | None:
    """Read the lock file; None if there is none, or if it is not completely written yet."""
    try:
        lines = lock_file(layout).read_text(encoding="utf-8").splitlines()
        pid, port, socket_folder, host, ready = lines[0], lines[3], lines[4], lines[5], lines[7]
        return LockFile(int(pid), int(port), socket_folder, host, ready.strip() == "ready")
    except (FileNotFoundError, IndexError, ValueError):
        return None


def is_server_of(pid: int, layout: Layout) -> bool:
    """Whether the process is a server of this data directory, not another one with the same pid.

    It is recognised by its arguments, which every user may read, or (if it was started by hand) by
    its working directory. Where the system shows neither, the server's lock decides, which only the
    server's processes hold.
    """
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
    """The server that runs on the data directory and answers, also if it was started by hand."""
    found = read_lock_file(layout)
    if found is None or not found.ready:
        return None
    if not is_held(layout.server_lock) and not is_server_of(found.pid, layout):
        return None
    return found if found.address(layout.password).answers() else None


def remove_leftovers(layout: Layout, socket_folder: Path | None) -> None:
    """Remove the files of a killed server that would keep a new server from starting.

    PostgreSQL does not start if the pid in an old lock file now belongs to any other process. Call
    this only while holding the server's lock.
    """
    found = read_lock_file(layout)
    if found is not None and not is_server_of(found.pid, layout):
        lock_file(layout).unlink(missing_ok=True)
    if socket_folder is not None:
        for path in socket_folder.glob(".s.PGSQL.*"):
            path.unlink(missing_ok=True)
