"""Binds a port; the error for a port in use names the process that listens on it."""

import errno
import json
import os
import socket
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final

from altyn.cli.output import CommandError

_LISTEN: Final = "0A"


@dataclass(frozen=True, slots=True)
class PortOwner:
    """The process that listens on a port."""

    pid: int
    command: str


def bind_port(host: str, port: int) -> socket.socket:
    """A socket bound to the port, or to a free one for 0. It does not listen yet.

    Refuses with CommandError: the port is in use, this user may not bind it, the host is not an
    address of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise CommandError(_explain(error, host, port)) from None
    return bound


def _explain(error: OSError, host: str, port: int) -> str:
    remedy = f"Choose another port: `altyn serve --port {port + 1}`, or set ALTYN_PORT."
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} of {host} is in use{_owner_text(port)}. {remedy}"
    if error.errno == errno.EACCES:
        return f"This user may not bind port {port}. {remedy}"
    return f"Cannot listen on {host}:{port}: {error.strerror or error}. Set ALTYN_HOST."


def _owner_text(port: int) -> str:
    owner = find_port_owner(port)
    altyn = ". Another Altyn answers there" if altyn_answers_at(f"127.0.0.1:{port}") else ""
    process = f" by process {owner.pid} ({owner.command})" if owner else ""
    return process + altyn


def altyn_answers_at(host_and_port: str) -> bool:
    """Whether an Altyn gateway answers at `host:port`."""
    connection = HTTPConnection(host_and_port, timeout=1)
    try:
        connection.request("GET", "/health")
        answer = connection.getresponse()
        return bool(json.loads(answer.read(1000)) == {"status": "alive"})
    except (OSError, HTTPException, ValueError):
        return False
    finally:
        connection.close()


def find_port_owner(port: int) -> PortOwner | None:
    """The process that listens on a port. None when it is unknown: only Linux shows it, and
    only for processes that this user may inspect."""
    inodes = {f"socket:[{inode}]" for inode in _listening(port)}
    if not inodes:
        return None
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if any(_target(link) in inodes for link in (process / "fd").iterdir()):
                words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
                return PortOwner(int(process.name), " ".join(words).strip()[:80])
    return None


def _target(link: Path) -> str:
    try:
        return os.readlink(link)  # noqa: PTH115 - as text: `socket:[123]` is not a path
    except OSError:
        return ""


def _listening(port: int) -> list[str]:
    """The inodes of the sockets that listen on the port, over IPv4 and IPv6."""
    inodes = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with suppress(OSError):
            rows = [row.split() for row in Path(table).read_text("ascii").splitlines()[1:]]
            inodes += [
                row[9]
                for row in rows
                if row[3] == _LISTEN and int(row[1].split(":")[1], 16) == port
            ]
    return inodes
