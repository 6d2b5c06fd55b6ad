"""The progress of a long command: one line that changes on a terminal, separate lines in a pipe."""

from dataclasses import dataclass
from typing import Final, TextIO

LINES_MAX: Final = 20


@dataclass
class Progress:
    """Counts what is done of `total` and writes it to `stream`.

    A pipe gets a line for each twentieth of the work at most.
    """

    stream: TextIO
    noun: str
    total: int
    done: int = 0
    _parts: int = 0

    def add(self, count: int) -> None:
        """Count what is done now, and show the sum."""
        self.done += count
        self.total = max(self.total, self.done)  # payments may add some meanwhile
        parts = self.done * LINES_MAX // max(self.total, 1)
        if self.stream.isatty():
            self.stream.write(f"\r{self._text}")
        elif parts > self._parts:
            self.stream.write(f"{self._text}\n")
        self._parts = parts
        self.stream.flush()

    def end(self) -> None:
        """Leave the line of a terminal."""
        if self.stream.isatty() and self.done:
            self.stream.write("\n")

    @property
    def _text(self) -> str:
        percent = 100 * self.done // max(self.total, 1)
        return f"{self.done} of {self.total} {self.noun} ({percent} %)"
