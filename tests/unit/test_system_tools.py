"""`scripts/system-tools` waits for the lock of the package manager, then says why it stops."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Final

import pytest

SCRIPT: Final = Path(__file__).resolve().parents[2] / "scripts" / "system-tools"
LOCKED: Final = "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 7 (apt)"
APT_GET: Final = """#!/bin/sh
echo "$1" >>"$CALLS"
if [ "$(wc -l <"$CALLS")" -le "$FAILURES" ]; then echo "$PROBLEM" >&2; exit 100; fi
"""


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder whose programs say that this user is root, and that PHP has no SOAP."""
    for name, text in (
        ("id", "#!/bin/sh\necho 0\n"),
        ("php", "#!/bin/sh\nexit 0\n"),
        ("apt-get", APT_GET),
    ):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    return tmp_path


def run(programs: Path, *, failures: int, problem: str = LOCKED, seconds: int = 60) -> list[str]:
    """The exit code and the output of the script; `apt-get` fails so many times."""
    environment = {
        "PATH": f"{programs}{os.pathsep}{os.defpath}",
        "CALLS": str(programs / "calls"),
        "FAILURES": str(failures),
        "PROBLEM": problem,
        "ALTYN_PACKAGE_LOCK_SECONDS": str(seconds),
        "ALTYN_PACKAGE_LOCK_PAUSE": "0",
    }
    done = subprocess.run(
        [str(SCRIPT)], env=environment, capture_output=True, text=True, check=False
    )
    return [str(done.returncode), done.stdout, done.stderr]


def test_lock_of_another_program_is_waited_for(programs: Path) -> None:
    code, out, err = run(programs, failures=3)
    assert (code, err) == ("0", "")
    assert out.count("Another program installs packages") == 3
    assert (programs / "calls").read_text().split()[-2:] == ["update", "install"]


def test_lock_that_is_not_released_stops_with_the_reason(programs: Path) -> None:
    code, _, err = run(programs, failures=10_000, seconds=0)
    assert code == "1"
    assert "held by process 7" in err
    assert "another program has held the lock" in err
    assert "repeat the command" in err


def test_other_failure_lists_what_is_missing(programs: Path) -> None:
    code, _, err = run(programs, failures=10_000, problem="E: Unable to fetch some archives")
    assert code == "0"
    assert "Unable to fetch" in err
    assert "php-soap" in err
