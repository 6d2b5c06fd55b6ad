"""Chooses the folder of the server's socket, or a port where sockets cannot work.

The path of a socket has at most 107 bytes, and some file systems have no sockets.
"""

import contextlib
import hashlib
import re
import socket
import stat
import tempfile
from pathlib import Path
from typing import Final

from altyn.embedded_postgres.layout import CLOSED, Layout, make_folder
from altyn.embedded_postgres.programs import RunAs

PATH_BYTES_MAX: Final = 103
"""107 on Linux, 103 on macOS; the smaller limit is used on both."""

PLAIN_PATH: Final = re.compile(r"[A-Za-z0-9/._-]+")
"""Other paths are not used: in this setting PostgreSQL reads commas and quotes as a list."""


def socket_folder(layout: Layout, run_as: RunAs, *, port: int) -> Path | None:
    """A closed folder in which a socket can be made; None if there is no such folder.

    It is in the data folder if the path is short enough, else in the system's temporary folder.
    """
    for folder in _candidates(layout, run_as):
        path = str(folder / f".s.PGSQL.{port}")
        if len(path.encode()) > PATH_BYTES_MAX or PLAIN_PATH.fullmatch(path) is None:
            continue
        with contextlib.suppress(OSError):
            make_folder(folder, mode=CLOSED, uid=run_as.uid)
            if _is_private(folder, run_as) and _can_hold_a_socket(folder):
                return folder
    return None


def _candidates(layout: Layout, run_as: RunAs) -> tuple[Path, ...]:
    """Folders to try. Their names never change, so killed processes leave at most one of each."""
    digest = hashlib.sha256(str(layout.root).encode()).hexdigest()[:16]
    name = f"altyn-{run_as.owner}-{digest}"
    short = "/tmp"  # noqa: S108  # our folder in it is closed, and its owner is checked
    return layout.run, *(Path(one).resolve() / name for one in (tempfile.gettempdir(), short))


def _is_private(folder: Path, run_as: RunAs) -> bool:
    """Whether a folder is closed and the server's user owns it; another user may have made it."""
    found = folder.lstat()
    return (
        stat.S_ISDIR(found.st_mode)
        and found.st_uid == run_as.owner
        and stat.S_IMODE(found.st_mode) & 0o077 == 0
    )


def _can_hold_a_socket(folder: Path) -> bool:
    trial = folder / ".s.trial"
    trial.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as line:
        line.bind(str(trial))
    trial.unlink()
    return True


def free_port() -> int:
    """A port on loopback that is free at this moment."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port: int = line.getsockname()[1]
        return port
