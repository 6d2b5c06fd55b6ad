"""Small documents that fill the memory of a careless reader take little memory in ours.

The tests measure bytes, each time in a process of its own, and never seconds. Source:
docs/architecture.md (limits everywhere).
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.unit.inbound.soap import soap_bombs
from tests.unit.inbound.soap.soap_bombs import BOMBS

# Bytes for one document of a million: some copies of its text, and the parts that fit the limits.
# A multiplication, which is what each of them is after, would be far above.
MEMORY_MAX: Final = 24 * 1_048_576
# Bytes for what an allocator does not give back at once.
MEMORY_KEPT_MAX: Final = 8 * 1_048_576

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")


@pytest.mark.parametrize("bomb", BOMBS)
def test_bombs_are_small_documents(bomb: str) -> None:
    """Each of them is below the endpoint's limit of bytes."""
    assert len(BOMBS[bomb]()) <= 1_300_000


@linux_only
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_takes_the_memory_that_its_bytes_explain(bomb: str) -> None:
    assert measured(BOMBS[bomb]().encode()) < MEMORY_MAX


@linux_only
def test_names_of_read_documents_are_not_kept() -> None:
    """libxml2, as Python has it, would keep more than thirty million bytes of them for ever."""
    assert measured(b"", "remembered") < MEMORY_KEPT_MAX


def measured(document: bytes, *wanted: str) -> int:
    script = Path(soap_bombs.__file__)
    paths = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run(
        [sys.executable, script, *wanted],
        input=document,
        env={**os.environ, "PYTHONPATH": paths},
        check=True,
        capture_output=True,
    )
    return int(done.stdout)
