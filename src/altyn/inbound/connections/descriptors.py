"""File descriptors of this process: each connection needs one, and so do the database and files."""

import resource
from typing import Final

RAISED_TO: Final = 65_536
RESERVED: Final = 128
"""Descriptors for everything but connections: the database, callbacks, files, libraries."""


def raise_descriptor_limit() -> int:
    """Raise the limit of open descriptors as far as this user may; the limit in force.

    Processes that are started later inherit it.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = RAISED_TO if hard == resource.RLIM_INFINITY else min(hard, RAISED_TO)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError):  # macOS allows less than it says
        return soft
    return wanted


def connections_allowed() -> int:
    """How many connections the limit of descriptors leaves room for; at least 16."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return RAISED_TO
    return max(16, soft - RESERVED)
