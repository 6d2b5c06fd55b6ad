"""The gateway's log: JSON lines for programs, coloured text for a terminal, secrets masked.

Our lines, those of uvicorn, asyncio and other libraries, and uncaught exceptions have one form, so
that card numbers, codes and passwords are masked in one place. Source: docs/architecture.md.
"""

from __future__ import annotations

import json as json_text
import logging
import sys
import threading
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, Final, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from altyn.domain.control_characters import escape_controls, escape_controls_of_json
from altyn.log_repeats import RepeatedErrors
from altyn.masking import CUT, TEXT_LENGTH_MAX, mask_text, mask_value

# Libraries with their own handlers; we remove those, and our handler writes the lines.
_WITH_HANDLERS: Final = ("uvicorn", "uvicorn.error", "uvicorn.asgi", "asyncio", "py.warnings")
# We write one line per request ourselves, where the outcome of the request is known.
_MUTED: Final = ("uvicorn.access", "aiohttp.access")


def configure_logging(level: str, json: bool | None = None) -> None:  # noqa: FBT001 - callers pass it by name
    """Send every log line to standard error in one form, from `level` ("debug" to "critical") up.

    `json`: True for JSON lines, False for text, None for text if standard error is a terminal.
    May be called again. Raises ValueError for an unknown level.
    """
    number = logging.getLevelNamesMapping().get(level.upper())
    if number is None:
        raise ValueError(f"unknown log level {level!r}")
    as_json = not sys.stderr.isatty() if json is None else json
    # The time is added after the masking, so that its digits are not taken for a card number.
    finish = (_mask, _STAMP, _json_renderer if as_json else _console_renderer())
    structlog.configure(
        processors=[RepeatedErrors(), *_START, *finish],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=_StandardError,
        # Not cached, so that this configuration applies to loggers made earlier too.
        cache_logger_on_first_use=False,
    )
    _configure_libraries(number, finish)
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread
    sys.unraisablehook = _log_unraisable


def _configure_libraries(level: int, finish: tuple[Processor, ...]) -> None:
    handler = _Handler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *_START],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *finish],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.captureWarnings(capture=True)
    for name in _WITH_HANDLERS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    for name in _MUTED:
        logger = logging.getLogger(name)
        logger.handlers[:] = [logging.NullHandler()]
        logger.propagate = False


def _mask(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Mask secrets in the whole line; runs when tracebacks are text already, before rendering."""
    exception = event.pop("exception", None)
    masked: dict[str, Any] = mask_value(event)
    if exception is not None:
        # The error stands at the end of a traceback, so a long one is cut at its beginning.
        text = mask_text(str(exception))
        masked["exception"] = (
            text if len(text) <= TEXT_LENGTH_MAX else CUT + text[-TEXT_LENGTH_MAX:]
        )
    return masked


_STAMP: Final = structlog.processors.TimeStamper(fmt="iso", utc=True)

# The plain formatter turns tracebacks into text; other formatters also print local variables.
_START: Final[tuple[Processor, ...]] = (
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
)


def _json_renderer(_logger: WrappedLogger, _method: str, event: MutableMapping[str, Any]) -> str:
    first = {name: event.pop(name) for name in ("timestamp", "level", "event") if name in event}
    return escape_controls_of_json(json_text.dumps({**first, **event}, ensure_ascii=False))


def _console_renderer() -> Processor:
    """Lines for a terminal: texts from outside cannot control it, only the colours are ours."""
    renderer = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(),
        exception_formatter=structlog.dev.plain_traceback,
    )

    def render(logger: WrappedLogger, method: str, event: EventDict) -> str:
        shown = {
            name: escape_controls(value, lines=name == "exception")
            if isinstance(value, str)
            else value
            for name, value in event.items()
        }
        return str(renderer(logger, method, shown))

    return render


class _StandardError:
    """Writes our own lines to the current `sys.stderr`, which may have changed since the start."""

    def __init__(self, *_names: object) -> None:
        pass

    def msg(self, line: str) -> None:
        _write(line)

    log = debug = info = warn = warning = error = critical = fatal = exception = msg


class _Handler(logging.Handler):
    """Writes the lines of other libraries; never shows the arguments of a line that fails."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
        except Exception as error:  # noqa: BLE001 - a log line must not stop a payment
            # The standard library would print the arguments of the call here, unmasked.
            where = f"{record.pathname}:{record.lineno}"
            line = f"a log line of {where} could not be formatted ({type(error).__name__})"
        _write(line)


def _write(line: str) -> None:
    stream: TextIO | None = sys.stderr
    try:
        if stream is not None:
            stream.write(line + "\n")
            stream.flush()
    except (OSError, ValueError):
        # The reader of the log is gone; the error is ignored.
        return


def _log_uncaught(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)
        return
    structlog.get_logger().critical("uncaught exception", exc_info=(kind, error, traceback))


def _log_uncaught_in_thread(failure: threading.ExceptHookArgs) -> None:
    if failure.exc_value is not None and not issubclass(failure.exc_type, SystemExit):
        _log_uncaught(failure.exc_type, failure.exc_value, failure.exc_traceback)


def _log_unraisable(failure: Any) -> None:
    if failure.exc_value is not None:
        _log_uncaught(failure.exc_type, failure.exc_value, failure.exc_traceback)
