"""An error that is repeated is shown once with its traceback, then at 2, 4, 8 … repeats."""

from __future__ import annotations

import pytest
import structlog

from altyn.log_repeats import QUIET_SECONDS, RepeatedErrors
from altyn.operations.ports import Overloaded


class Log:
    """Lines after the processor; `now` is the time in seconds."""

    def __init__(self) -> None:
        self.now = 0.0
        self.lines: list[dict[str, object]] = []
        self._errors = RepeatedErrors(monotonic=lambda: self.now)

    def write(self, event: str, error: BaseException | None) -> None:
        try:
            line = self._errors(None, "error", {"event": event, "exc_info": error})
        except structlog.DropEvent:
            return
        self.lines.append(dict(line))


@pytest.fixture
def log() -> Log:
    return Log()


def fail(kind: type[Exception]) -> None:
    raise kind("no space left")


def raised(kind: type[Exception]) -> Exception:
    try:
        fail(kind)
    except Exception as error:  # noqa: BLE001 - the traceback is wanted
        return error
    raise AssertionError


def test_traceback_is_shown_once_and_repetitions_are_counted(log: Log) -> None:
    for _ in range(20):
        log.write("failed", raised(OSError))
    assert [line.get("repeated") for line in log.lines] == [None, 2, 4, 8, 16]
    assert ["exc_info" in line for line in log.lines] == [True, False, False, False, False]
    assert log.lines[1]["error"] == "OSError"


def test_other_errors_are_shown(log: Log) -> None:
    log.write("failed", raised(OSError))
    log.write("failed", raised(KeyError))
    log.write("page_failed", raised(OSError))
    log.write("failed", OSError("raised elsewhere"))
    assert all("exc_info" in line for line in log.lines)
    assert len(log.lines) == 4


def test_error_is_shown_again_after_a_quiet_minute(log: Log) -> None:
    for _ in range(3):
        log.write("failed", raised(OSError))
    log.now += QUIET_SECONDS
    log.write("failed", raised(OSError))
    assert "exc_info" in log.lines[-1]


def test_state_of_the_outside_world_has_no_traceback(log: Log) -> None:
    log.write("worker_failed", raised(Overloaded))
    assert log.lines == [{"event": "worker_failed", "error": "Overloaded: no space left"}]


def test_group_of_such_states_is_shown_as_the_first_of_them(log: Log) -> None:
    states = [raised(Overloaded), ExceptionGroup("inner", [raised(Overloaded)])]
    log.write("worker_failed", ExceptionGroup("housekeeping", states))
    assert log.lines == [{"event": "worker_failed", "error": "Overloaded: no space left"}]


def test_group_with_a_defect_has_its_traceback(log: Log) -> None:
    log.write("failed", ExceptionGroup("both", [raised(Overloaded), raised(KeyError)]))
    assert "exc_info" in log.lines[0]


def test_line_without_an_error_is_unchanged(log: Log) -> None:
    for _ in range(3):
        log.write("refused", None)
    assert log.lines == [{"event": "refused", "exc_info": None}] * 3
