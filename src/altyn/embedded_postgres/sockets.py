"""Choosing the folder of the server's socket, or a port where sockets cannot work.
It exists because a socket's path may have 107 bytes at most, and some disks know no sockets."""

import contextlib
import hashlib
import re
import socket
import stat
import tempfile
from pathlib import Path
from typing import Final

from altyn.embedded_postgres.layout import CLOSED, Layout, make_folder
from altyn.embedded_postgres.programs import Way

PATH_BYTES_MAX: Final = 103
"""107 on Linux; macOS has four fewer, and nobody misses them."""

PLAIN_PATH: Final = re.compile(r"[A-Za-z0-9/._-]+")
"""PostgreSQL reads a list with commas and quotes here: other paths move to the short folder."""


def socket_folder(layout: Layout, way: Way, *, port: int) -> Path | None:
    """A closed folder in which a socket can be made: in the data folder if its path is short
    enough, else in the system's temporary folder. None when no socket can be made anywhere."""
    for folder in _candidates(layout, way):
        path = str(folder / f".s.PGSQL.{port}")
        if len(path.encode()) > PATH_BYTES_MAX or PLAIN_PATH.fullmatch(path) is None:
            continue
        with contextlib.suppress(OSError):
            make_folder(folder, mode=CLOSED, uid=way.uid)
            if _is_private(folder, way) and _takes_a_socket(folder):
                return folder
    return None


def _candidates(layout: Layout, way: Way) -> tuple[Path, ...]:
    """The short name is the same at every start: a killed process leaves one folder, not many."""
    digest = hashlib.sha256(str(layout.root).encode()).hexdigest()[:16]
    name = f"altyn-{way.owner}-{digest}"
    short = "/tmp"  # noqa: S108  # the folder made in it is closed, and checked to be ours
    return layout.run, *(Path(one).resolve() / name for one in (tempfile.gettempdir(), short))


def _is_private(folder: Path, way: Way) -> bool:
    """In a temporary folder anybody may have made this name first: it must be ours and closed."""
    found = folder.lstat()
    return (
        stat.S_ISDIR(found.st_mode)
        and found.st_uid == way.owner
        and stat.S_IMODE(found.st_mode) & 0o077 == 0
    )


def _takes_a_socket(folder: Path) -> bool:
    trial = folder / ".s.trial"
    trial.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as line:
        line.bind(str(trial))
    trial.unlink()
    return True


def free_port() -> int:
    """A port on loopback which nobody uses at this moment."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port: int = line.getsockname()[1]
        return port
