"""Files of keys: read only if no other user may open them, replaced in one step under a lock."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

FILE_BYTES_MAX: Final = 1 << 20
_GROUP_AND_WORLD: Final = stat.S_IRWXG | stat.S_IRWXO
CREATE_FIRST: Final = "Name the right file, or create one with `altyn keys create`."


class KeyFileError(Exception):
    """The key file cannot be used; the text says what is wrong, where, and what to do.

    It never quotes a key.
    """

    def __init__(self, *, what: str, where: Path, remedy: str) -> None:
        super().__init__(f"{where}: {what}. {remedy}")
        self.what = what
        self.where = where
        self.remedy = remedy


def read_key_file(path: Path) -> bytes:
    """The content of a file of keys.

    Refuses with KeyFileError: a file that is missing, unreadable, not a regular file, or accessible
    to other users.
    """
    try:
        # Without O_NONBLOCK a pipe with the file's name would block the start for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise _missing(path) from None
    except OSError as error:
        remedy = "Change the owner of the file to the user that Altyn runs as."
        what = f"cannot be read ({error.strerror})"
        raise KeyFileError(what=what, where=path, remedy=remedy) from error
    try:
        # The descriptor is checked, not the path, so that the checked file is the one that is read.
        _require_private_file(os.fstat(descriptor), path)
        return os.read(descriptor, FILE_BYTES_MAX)
    finally:
        os.close(descriptor)


def _require_private_file(found: os.stat_result, path: Path) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise KeyFileError(what="is not a file", where=path, remedy=CREATE_FIRST)
    if found.st_mode & _GROUP_AND_WORLD:
        mode = stat.S_IMODE(found.st_mode)
        raise KeyFileError(
            what=f"other users than its owner may open it (mode {mode:04o})",
            where=path,
            remedy=f"Run `chmod 600 {path}`; if it was open for long, rotate the keys.",
        )


def change_file(path: Path, change: Callable[[bytes], bytes]) -> None:
    """Read, change and replace under a lock: two rotations at once must keep both new keys."""
    target = path.resolve()
    try:
        with _locked(target):
            _publish(target, change(read_key_file(target)), replace_existing=True)
            _sync_folder(target.parent)
    except FileNotFoundError:
        raise _missing(path) from None
    except OSError as error:
        raise _not_written(path, error) from error


def create_file(path: Path, content: Callable[[], bytes]) -> None:
    """Create the file unless it exists; one that another process creates meanwhile stays."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _publish(path, content(), replace_existing=False)
        _sync_folder(path.parent)
    except OSError as error:
        raise _not_written(path, error) from error


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Lock the file. If it was replaced while we waited, lock the file that has its name now."""
    while True:
        with path.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                yield
                return


def _publish(path: Path, content: bytes, *, replace_existing: bool) -> None:
    """Write a temporary file, flush it to the disk, then rename it in one step, so that a
    half-written key file is never read.

    Without `replace_existing`, a hard link fails when the name exists, and the existing file stays.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # O_EXCL, 0600
    draft = Path(name)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - mkstemp gives a descriptor
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        if replace_existing:
            draft.replace(path)
            return
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            return
    finally:
        draft.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Flush the folder: otherwise a power cut could remove the name of a file whose keys have
    already encrypted rows."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some file systems cannot flush a folder.
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
            raise
    finally:
        os.close(descriptor)


def _not_written(path: Path, error: OSError) -> KeyFileError:
    remedy = "Choose a folder on a local disk that belongs to the user that Altyn runs as."
    return KeyFileError(what=f"cannot be written ({error.strerror})", where=path, remedy=remedy)


def _missing(path: Path) -> KeyFileError:
    return KeyFileError(what="the key file is missing", where=path, remedy=CREATE_FIRST)
