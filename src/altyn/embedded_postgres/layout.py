"""The paths of the embedded PostgreSQL under its data folder.

Its folders are made by `make_folder` and, by default, are closed to other users.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from altyn.embedded_postgres.errors import EmbeddedPostgresError

CLOSED = 0o700
"""The mode of folders that only the server (and root) may enter."""

PASSAGE = 0o711
"""The mode of a data folder made by root: the server's uid may pass through it, but not list it."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The data folder, absolute and free of symbolic links."""

    root: Path

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.root / "cluster"

    @property
    def unfinished_cluster(self) -> Path:
        """A data directory that is being made; renamed to `cluster` when it is complete."""
        return self.root / "cluster.unfinished"

    @property
    def run(self) -> Path:
        """The socket's folder, if its path is short enough for a socket."""
        return self.root / "run"

    @property
    def log(self) -> Path:
        return self.root / "log"

    @property
    def start_log(self) -> Path:
        """The server's output until it opens its own log."""
        return self.root / "start.log"

    @property
    def binaries(self) -> Path:
        """Private copies of the binaries, one folder per version."""
        return self.root / "binaries"

    @property
    def configuration(self) -> Path:
        return self.root / "postgresql.conf"

    @property
    def password(self) -> Path:
        """The password of the database's owner; it is needed over TCP only."""
        return self.root / "password"

    @property
    def start_lock(self) -> Path:
        """Held while a process starts the server, so that two starts do not overlap."""
        return self.root / "start.lock"

    @property
    def owner_lock(self) -> Path:
        """Held by the process that owns the server, for as long as that process lives."""
        return self.root / "owner.lock"

    @property
    def use_lock(self) -> Path:
        """Shared by all processes that use the server; the last of them stops it."""
        return self.root / "use.lock"

    @property
    def server_lock(self) -> Path:
        """Held by the server's processes, which inherit it, until the last of them has ended."""
        return self.root / "server.lock"

    def make_root(self) -> None:
        """Make the data folder if it is missing; an existing one keeps its owner and mode."""
        if self.root.exists():
            return
        self.root.parent.mkdir(parents=True, exist_ok=True)
        make_folder(self.root, mode=PASSAGE if os.geteuid() == 0 else CLOSED)

    def cluster_owner(self) -> int | None:
        """The uid that owns the data directory; None when there is none yet."""
        try:
            return self.cluster.lstat().st_uid
        except FileNotFoundError:
            return None

    def cluster_major(self) -> int | None:
        """The major version of the data directory's format; None when there is none yet."""
        try:
            return int((self.cluster / "PG_VERSION").read_text(encoding="ascii"))
        except FileNotFoundError:
            if not self.cluster.exists():
                return None
            raise EmbeddedPostgresError(
                f"{self.cluster} exists but holds no PostgreSQL data (no PG_VERSION). "
                "Move it away, or name another data folder."
            ) from None


def make_folder(path: Path, *, mode: int = CLOSED, uid: int | None = None) -> None:
    """Make a folder and give it to `uid`, if one is set; an existing folder is not changed."""
    try:
        path.mkdir(mode=mode)
    except FileExistsError:
        return
    path.chmod(mode)  # a strict umask may have removed bits
    if uid is not None:
        os.chown(path, uid, -1, follow_symlinks=False)
