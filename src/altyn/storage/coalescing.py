"""Coalescing of the store's calls; a full queue is the port's Overloaded."""

from typing import TypeVar

from altyn import coalescing
from altyn.operations.ports import Overloaded

Call = TypeVar("Call")
Result = TypeVar("Result")


class Coalescer(coalescing.Coalescer[Call, Result]):
    """Runs `run` over batches of calls (`altyn.coalescing`)."""

    queue_full = Overloaded
