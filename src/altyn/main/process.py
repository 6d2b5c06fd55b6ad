"""What a server process does about its own life and memory.

It ends with its parent, and in production it writes no core dump, since its memory holds cards.
"""

import ctypes
import os
import resource
import signal
import sys
import threading
from multiprocessing import parent_process
from multiprocessing.connection import wait
from typing import Final

import structlog

DRAIN_SECONDS_MAX: Final = 300
"""Longer than any grace period of the server: afterwards the process ends in any case."""

_PR_SET_DUMPABLE: Final = 4  # Linux: prctl(2)
log = structlog.get_logger("altyn")


def end_with_parent() -> None:
    """End this worker process when its parent ends, also when the parent is killed.

    The worker then stops as after SIGTERM: it finishes open requests. Does nothing in a process
    that `multiprocessing` has not started.
    """
    parent = parent_process()
    if parent is not None:
        watching = threading.Thread(
            target=_end_after, args=(parent.sentinel,), name="parent watch", daemon=True
        )
        watching.start()


def _end_after(sentinel: int) -> None:
    wait([sentinel])
    # Also ends a process whose log line blocks, because the reader of its pipe does not read.
    end = threading.Timer(DRAIN_SECONDS_MAX, os._exit, (1,))
    end.daemon = True
    end.start()
    log.error("parent_ended", pid=os.getpid(), remedy="start the gateway again: altyn serve")
    os.kill(os.getpid(), signal.SIGTERM)


def forbid_core_dumps() -> None:
    """Write no core dump, and let no other process of this user read the memory (Linux)."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
            log.warning("core_dumps_not_forbidden", errno=ctypes.get_errno())
