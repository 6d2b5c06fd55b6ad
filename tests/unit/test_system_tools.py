"""`scripts/system-tools` waits for the package lock, and stops with the reason."""

import os
import subprocess
from pathlib import Path
from typing import Final

import pytest

SCRIPT: Final = Path(__file__).parents[2] / "scripts" / "system-tools"
LOCKED: Final = "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 4711"
BROKEN: Final = "E: Unable to locate package chromium"


def run(folder: Path, apt_get: str) -> "subprocess.CompletedProcess[str]":
    """Run the script as root on a system that has none of the programs, with this apt-get."""
    programs = {"apt-get": apt_get, "id": "echo 0", "php": "exit 1"}
    for name, text in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    for name in ("sh", "grep", "sleep", "printf", "echo"):
        found = next(path for path in (Path("/bin"), Path("/usr/bin")) if (path / name).exists())
        (folder / name).symlink_to(found / name)
    environment = {"PATH": str(folder), "LOCK_PAUSE": "0", "LOCK_ATTEMPTS": "3"}
    return subprocess.run(
        ["/bin/sh", str(SCRIPT)], env=environment, capture_output=True, text=True, check=False
    )


def test_it_waits_while_another_program_holds_the_lock(tmp_path: Path) -> None:
    count = tmp_path / "count"
    apt_get = (
        f'echo >>{count}; [ "$(grep -c "" {count})" -gt 2 ] || {{ echo "{LOCKED}"; exit 100; }}'
    )

    result = run(tmp_path, apt_get)

    assert result.returncode == 0, result.stderr
    assert "Waiting: another program holds the package lock" in result.stdout


@pytest.mark.parametrize("reason", [LOCKED, BROKEN])
def test_it_stops_and_shows_the_reason(tmp_path: Path, reason: str) -> None:
    result = run(tmp_path, f'echo "{reason}"; exit 100')

    assert result.returncode == 1
    assert reason in result.stderr
    assert "Cannot install chromium wrk php-cli php-soap npm." in result.stderr


def test_the_script_is_executable() -> None:
    assert os.access(SCRIPT, os.X_OK)
