"""The log lines about refusals, of which a flood of bad requests writes few."""

import time
from typing import Any, Final

LOG_SECONDS: Final = 1.0
"""At most one line about a refusal in this time; it counts those without a line."""


class ThrottledLog:
    """Writes at most one line in `LOG_SECONDS`, with the number of lines left out before it."""

    def __init__(self, log: Any) -> None:
        self._log = log
        self._next = 0.0
        self._left_out = 0

    def __call__(self, event: str, **values: object) -> None:
        """Write a line, or count it as left out."""
        now = time.monotonic()
        if now < self._next:
            self._left_out += 1
            return
        self._log.info(event, **values, left_out=self._left_out)
        self._next, self._left_out = now + LOG_SECONDS, 0
