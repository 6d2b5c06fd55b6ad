"""Taking a port, and finding out who has it already.

It exists because "address already in use" sends a person searching; a name and a pid do not.
"""

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
class Holder:
    """The process that listens on a port."""

    pid: int
    command: str


def take_port(host: str, port: int) -> socket.socket:
    """A socket bound to the port; 0 takes a free one. It refuses connections until it listens.

    Refuses with CommandError: the port is taken, it may not be had, the host is not this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
    except OSError as error:
        taken.close()
        raise CommandError(_explain(error, host, port)) from None
    return taken


def _explain(error: OSError, host: str, port: int) -> str:
    other = f"Choose another port: `altyn serve --port {port + 1}`, or set ALTYN_PORT."
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} of {host} is taken{_by_whom(port)}. {other}"
    if error.errno == errno.EACCES:
        return f"This user may not take port {port}. {other}"
    return f"The address {host}:{port} cannot be had: {error.strerror or error}. Set ALTYN_HOST."


def _by_whom(port: int) -> str:
    holder = find_holder(port)
    altyn = " Another Altyn answers there." if answers_as_altyn(f"127.0.0.1:{port}") else ""
    who = f" by process {holder.pid} ({holder.command})" if holder else ""
    return f"{who}.{altyn}".rstrip(".") if altyn else who


def answers_as_altyn(host_and_port: str) -> bool:
    """Whether a gateway of ours answers there."""
    connection = HTTPConnection(host_and_port, timeout=1)
    try:
        connection.request("GET", "/health")
        answer = connection.getresponse()
        return bool(json.loads(answer.read(1000)) == {"status": "alive"})
    except (OSError, HTTPException, ValueError):
        return False
    finally:
        connection.close()


def find_holder(port: int) -> Holder | None:
    """Who listens on a port, where the system tells (Linux, and processes we may look into)."""
    inodes = {f"socket:[{inode}]" for inode in _listening(port)}
    if not inodes:
        return None
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if any(_target(link) in inodes for link in (process / "fd").iterdir()):
                words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
                return Holder(int(process.name), " ".join(words).strip()[:80])
    return None


def _target(link: Path) -> str:
    try:
        return os.readlink(link)  # noqa: PTH115 - as text: `socket:[123]` is no path
    except OSError:
        return ""


def _listening(port: int) -> list[str]:
    """The inodes of sockets that listen on the port, of both families."""
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
