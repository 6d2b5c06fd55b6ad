"""What the gateway logged, kept for a test to read: each line as the dictionary it was made of."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog


@dataclass(frozen=True, slots=True)
class Logbook:
    """Lines in the order in which they were written; `level` and `event` among their members."""

    lines: list[dict[str, Any]] = field(default_factory=list)

    def of(self, event: str) -> list[dict[str, Any]]:
        """The lines of one event."""
        return [line for line in self.lines if line["event"] == event]

    def errors(self) -> list[dict[str, Any]]:
        """Lines of level error and above."""
        return [line for line in self.lines if line["level"] in {"error", "critical"}]


@contextmanager
def logbook_kept() -> Iterator[Logbook]:
    """Write the gateway's log into a book instead of anywhere else."""
    logbook, before = Logbook(), structlog.get_config()

    def write(_logger: Any, level: str, line: MutableMapping[str, Any]) -> str:
        # an exception is an error by another name
        logbook.lines.append({"level": "error" if level == "exception" else level, **line})
        raise structlog.DropEvent

    structlog.configure(
        processors=[structlog.processors.format_exc_info, write],
        wrapper_class=structlog.make_filtering_bound_logger(0),
    )
    try:
        yield logbook
    finally:
        structlog.configure(**before)
