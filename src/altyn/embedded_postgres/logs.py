"""The server's log: its last lines for an error's text, and old files thrown away.
It exists because PostgreSQL starts new log files by size but never deletes one."""

import re
import threading
from pathlib import Path
from typing import Final

FILES_KEPT: Final = 5
"""Of 4 MB each (`log_rotation_size`)."""

LOOK_EVERY_SECONDS: Final = 30.0
TAIL_BYTES: Final = 4_000
LOG_NAME: Final = re.compile(r"postgresql-\d{8}-\d{6}\.log")


def log_files(folder: Path) -> list[Path]:
    """The server's log files, oldest first; their names sort by time."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if LOG_NAME.fullmatch(path.name))


def throw_old_away(folder: Path) -> None:
    """Delete all log files but the newest ones."""
    for path in log_files(folder)[:-FILES_KEPT]:
        path.unlink(missing_ok=True)  # another Altyn process may have been quicker


def last_lines(*files: Path, lines_max: int = 15) -> str:
    """The end of what the files say together, for the text of an error."""
    said: list[str] = []
    for path in files:
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                file.seek(max(0, path.stat().st_size - TAIL_BYTES))
                said += file.read().decode(errors="replace").splitlines()
    return "\n".join(said[-lines_max:]) or "(the log is empty)"


class LogKeeper:
    """A thread which throws old log files away while we use the server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="postgresql-log", daemon=True)
        self._thread.start()

    def _keep(self) -> None:
        while True:
            throw_old_away(self._folder)
            if self._over.wait(LOOK_EVERY_SECONDS):
                return

    def stop(self) -> None:
        self._over.set()
        self._thread.join()
