"""File locks, which the kernel releases when the process that holds them ends, for any reason.

So a killed process leaves no folder locked, and a process with its old pid is not the holder.
"""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from altyn.embedded_postgres.errors import EmbeddedPostgresError

if sys.platform != "win32":  # on Windows the launcher raises its own error, not an ImportError
    import fcntl

PAUSE_SECONDS: Final = 0.01
"""The time between two checks of a condition that we wait for."""


def take(path: Path) -> int | None:
    """Take the lock and return its descriptor; None when another process has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def share(path: Path) -> int:
    """Take the lock together with other processes that share it; return its descriptor."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def is_held(path: Path) -> bool:
    """Whether a process has the lock at this moment."""
    descriptor = take(path)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False


@contextlib.contextmanager
def held(path: Path, *, timeout_seconds: float) -> Iterator[None]:
    """Wait for the lock and hold it during a block; EmbeddedPostgresError after the time-out."""
    deadline = time.monotonic() + timeout_seconds
    while (descriptor := take(path)) is None:
        if time.monotonic() > deadline:
            raise EmbeddedPostgresError(
                f"Another process has been starting PostgreSQL for {timeout_seconds:.0f} s "
                f"(it holds {path}). End it, then start again."
            )
        time.sleep(PAUSE_SECONDS)
    try:
        yield
    finally:
        os.close(descriptor)
