"""The provider's staff, as the command line acts for them, over one connection of a test."""

from __future__ import annotations

from altyn.operations.ports import Clock
from altyn.operations.staff.actors import StaffActor, StaffRole
from altyn.operations.staff.ports import StaffContext
from altyn.storage.clock import SystemClock
from altyn.storage.database import Connection
from altyn.storage.staff import staff_context


def operator(
    connection: Connection,
    *,
    clock: Clock | None = None,
    token_key: bytes = b"k" * 32,
    name: str = "tests",
) -> StaffContext:
    """What the use-cases of staff need, for an operator of this name."""
    actor = StaffActor(name=name, role=StaffRole.OPERATOR)
    return staff_context(connection, actor=actor, clock=clock or SystemClock(), token_key=token_key)
