"""Effects: what a change of an order makes the gateway do afterwards.

A decision names its effects. The statement that saves the change saves them too, as rows of one
outbox; a worker carries the rows out, and a handler per kind does the work. Pure values.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol


class Effect(Protocol):
    """What a decision wants to happen: a callback, a receipt, a mail, later an instalment."""

    @property
    def kind(self) -> str:
        """The handler that carries it out; the outbox keeps the same text."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEntry:
    """One row to be carried out.

    `operation` says what, in the words of the kind. `receiver` is the address or provider that it
    goes to, and `host` the part of it that shares a delivery queue. `parameters` are kept in their
    order, exactly as the handler will use them. `due_after`: how long after the change it becomes
    due, for effects that happen later.
    """

    kind: str
    operation: str
    receiver: str
    host: str
    parameters: Mapping[str, str]
    due_after: timedelta = timedelta(0)
