"""File locks, which the kernel releases when the process that holds them ends, however it ends.

A kill -9 never leaves a folder locked, and a reused pid never looks like the holder.
"""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from altyn.embedded_postgres.errors import EmbeddedPostgresError

if sys.platform != "win32":  # the launcher refuses Windows with a sentence, not with an ImportError
    import fcntl

PAUSE_SECONDS: Final = 0.01
"""Between two checks of a condition that we wait for."""


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


def is_held(path: Path) -> bool:
    """Whether a process has the lock at this moment."""
    descriptor = take(path)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False


@contextlib.contextmanager
def held(path: Path, *, timeout_seconds: float) -> Iterator[None]:
    """Hold the lock for a block, after waiting for it. Raises EmbeddedPostgresError."""
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
