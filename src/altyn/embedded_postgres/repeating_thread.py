"""A thread that repeats a task at an interval, and goes on after any error of the task."""

import threading
from collections.abc import Callable

import structlog

log = structlog.get_logger("altyn.postgres")


class RepeatingThread:
    """Runs `task` at once and then every `every_seconds`, until `stop`.

    An error (a full disk, no free descriptor) is logged once until the task succeeds again.
    """

    def __init__(self, name: str, task: Callable[[], object], *, every_seconds: float) -> None:
        self._task = task
        self._every_seconds = every_seconds
        self._stopped = threading.Event()
        self._failing = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop after the current run of the task."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                self._task()
                self._failing = False
            except Exception as error:  # noqa: BLE001 - the next round tries again
                if not self._failing:
                    log.warning("watcher_failed", watcher=self._thread.name, problem=str(error))
                self._failing = True
            if self._stopped.wait(self._every_seconds):
                return
