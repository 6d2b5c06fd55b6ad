"""The server's log: reads its last lines for the text of an error, and deletes old files.

PostgreSQL starts new log files by size, but never deletes old ones.
"""

import re
from pathlib import Path
from typing import Final

from altyn.embedded_postgres.repeating_thread import RepeatingThread

FILES_KEPT: Final = 5
"""Each has up to 4 MB (`log_rotation_size`)."""

CLEAN_EVERY_SECONDS: Final = 30.0
TAIL_BYTES: Final = 4_000
LOG_NAME: Final = re.compile(r"postgresql-\d{8}-\d{6}\.log")


def log_files(folder: Path) -> list[Path]:
    """The server's log files, oldest first; their names sort by time."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if LOG_NAME.fullmatch(path.name))


def delete_old_logs(folder: Path) -> None:
    """Delete all log files except the newest ones."""
    for path in log_files(folder)[:-FILES_KEPT]:
        path.unlink(missing_ok=True)  # another Altyn process may have deleted it


def last_lines(*files: Path, lines_max: int = 15) -> str:
    """The last lines of the files together, for the text of an error."""
    lines: list[str] = []
    for path in files:
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                file.seek(max(0, path.stat().st_size - TAIL_BYTES))
                lines += file.read().decode(errors="replace").splitlines()
    return "\n".join(lines[-lines_max:]) or "(the log is empty)"


def clean_logs(folder: Path) -> RepeatingThread:
    """Delete old log files while we use the server, until the thread is stopped."""
    return RepeatingThread(
        "postgresql-log", lambda: delete_old_logs(folder), every_seconds=CLEAN_EVERY_SECONDS
    )
