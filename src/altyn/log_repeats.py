"""Limits how often the log shows an error: its traceback once, then a line at 2, 4, 8 … repeats.

A full disk or a lost database makes every request fail in the same way; the first traceback says
everything.
"""

import sys
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

import structlog
from structlog.typing import EventDict, WrappedLogger

QUIET_SECONDS: Final = 60.0
"""After so many seconds without it, an error is shown with its traceback again."""

ERRORS_MAX: Final = 500

_Key = tuple[str, str, str]


class RepeatedErrors:
    """A processor for lines with `exc_info`; others pass unchanged.

    Errors are the same when event, type and the line that raised them are. An error whose class has
    `expected = True` is a state of the outside world: it is shown without a traceback. So is a
    group of such errors, by the first of them.
    """

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._counts: OrderedDict[_Key, tuple[int, float]] = OrderedDict()

    def __call__(self, _logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        """The line, or DropEvent for a repetition that is only counted."""
        error = _first_expected(_error_of(event.get("exc_info")))
        if error is None or method == "critical":  # a process or a thread ends
            return event
        count = self._count((str(event.get("event")), type(error).__name__, _origin(error)))
        if count & (count - 1):  # not a power of two
            raise structlog.DropEvent
        if count > 1:
            event["repeated"] = count
        if count > 1 or getattr(error, "expected", False):
            del event["exc_info"]
            event["error"] = (
                f"{type(error).__name__}: {error}" if count == 1 else type(error).__name__
            )
        return event

    def _count(self, key: _Key) -> int:
        """How often this error has occurred, without a pause of QUIET_SECONDS."""
        now = self._monotonic()
        count, last = self._counts.pop(key, (0, now))
        count = count + 1 if now - last < QUIET_SECONDS else 1
        self._counts[key] = (count, now)
        if len(self._counts) > ERRORS_MAX:
            self._counts.popitem(last=False)
        return count


def _error_of(exc_info: object) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        error: object = exc_info[1]
        return error if isinstance(error, BaseException) else None
    return sys.exc_info()[1] if exc_info else None


def _first_expected(error: BaseException | None) -> BaseException | None:
    """The first error of a group whose errors are all expected; any other error itself."""
    if not isinstance(error, BaseExceptionGroup):
        return error
    inner = [_first_expected(each) for each in error.exceptions]
    return inner[0] if all(getattr(each, "expected", False) for each in inner) else error


def _origin(error: BaseException) -> str:
    """File and line of the statement that raised the error."""
    traceback = error.__traceback__
    if traceback is None:
        return ""
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    return f"{traceback.tb_frame.f_code.co_filename}:{traceback.tb_lineno}"
