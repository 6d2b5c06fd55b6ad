"""The threads that watch PostgreSQL go on after any error, and log a lasting one once."""

from __future__ import annotations

import errno
import threading
from pathlib import Path
from typing import Any

import pytest

from altyn.cli.environment import keep_postgres_running
from altyn.embedded_postgres import logs
from altyn.embedded_postgres.logs import clean_logs
from altyn.embedded_postgres.repeating_thread import RepeatingThread
from tests.integration.rest.logbook import logbook_kept


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.EMFILE, "Too many open files"),
        RuntimeError("can't start new thread"),
        ValueError("anything"),
    ],
)
def test_thread_goes_on_after_an_error_and_logs_it_once(error: Exception) -> None:
    runs, enough = 0, threading.Event()

    def task() -> None:
        nonlocal runs
        runs += 1
        if runs == 6:
            enough.set()
        if runs in {2, 3, 5}:
            raise error

    with logbook_kept() as logbook:
        thread = RepeatingThread("watcher", task, every_seconds=0)
        assert enough.wait(30)
        thread.stop()
    assert [line["watcher"] for line in logbook.of("watcher_failed")] == ["watcher", "watcher"]


def test_postgres_is_watched_again_after_an_error_of_the_system(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("altyn.cli.environment.CHECK_SECONDS", 0.0)
    enough = threading.Event()

    class Postgres:
        starts = 0

        def start(self) -> None:
            self.starts += 1
            if self.starts == 3:
                enough.set()
            raise OSError(errno.EMFILE, "Too many open files")

    postgres: Any = Postgres()
    with keep_postgres_running(postgres):
        assert enough.wait(30)


def test_old_logs_are_deleted_after_an_error_of_the_system(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for number in range(9):
        (tmp_path / f"postgresql-20260101-00000{number}.log").touch()
    deleted, real = threading.Event(), logs.delete_old_logs
    failures = iter([PermissionError("first"), OSError(errno.EMFILE, "second")])

    def delete(folder: Path) -> None:
        failure = next(failures, None)
        if failure is not None:
            raise failure
        real(folder)
        deleted.set()

    monkeypatch.setattr(logs, "delete_old_logs", delete)
    monkeypatch.setattr(logs, "CLEAN_EVERY_SECONDS", 0.0)
    cleaner = clean_logs(tmp_path)
    assert deleted.wait(30)
    cleaner.stop()
    assert len(list(tmp_path.iterdir())) == logs.FILES_KEPT
