"""Reads the fiscal attributes of a line. Those of the whole receipt apply to lines without them.

Source: fiscal.md §5, §6.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Attributes:
    """The attributes of a line, and the parameters of its receipt."""

    own: Mapping[str, object]
    receipt: Mapping[str, str]

    def value(self, path: str) -> object | None:
        """The value at a path like `agent_info.paying.phones`, nested or flat; None: there is none.

        An empty text and an empty list count as none.
        """
        for found in (_nested(self.own, path), self.own.get(path), self.receipt.get(path)):
            if found not in (None, "", [], ()):
                return found
        return None

    def text(self, path: str) -> str | None:
        """The value as a text."""
        found = self.value(path)
        return str(found) if isinstance(found, str | int | float) else None

    def texts(self, path: str) -> list[str]:
        """The value as a list; a text is divided at its commas."""
        found = self.value(path)
        if isinstance(found, list | tuple):
            return [str(each) for each in found]
        return [] if found is None else [part.strip() for part in str(found).split(",")]

    def code(self, path: str) -> int | None:
        """The value as a number."""
        found = self.text(path)
        return int(found) if found is not None and found.isascii() and found.isdigit() else None


def _nested(owner: Mapping[str, object], path: str) -> object | None:
    found: object = owner
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def without_empty(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members that have a value: not None, not empty."""
    return {name: each for name, each in members.items() if each not in (None, "", [], {})}
