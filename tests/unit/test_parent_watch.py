"""Worker processes end when their parent is killed, on every system."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

PARENT: Final = """
import multiprocessing, time
from altyn.main.process import end_with_parent

def work():
    end_with_parent()
    print("working", flush=True)
    time.sleep(600)

if __name__ == "__main__":
    spawn = multiprocessing.get_context("spawn")
    for _ in range(2):
        spawn.Process(target=work).start()
    time.sleep(600)
"""


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    command = [sys.executable, str(script)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as parent:
        assert parent.stdout is not None
        assert [parent.stdout.readline() for _ in range(2)] == ["working\n"] * 2
        parent.kill()
        rest, _ = parent.communicate(timeout=120)  # until the last worker has closed its output
    assert rest.count("parent_ended") == 2
