"""The shop of docs/how-to/first-shop-in-python.md: an order paid, refunded and called back.

The script starts in an empty folder and has what the page says, nothing else.
"""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.command import COMMAND_SECONDS, serving
from tests.e2e.page_commands import free_port

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "first-shop-in-python.md"
PRINTED_ADDRESS: Final = "http://127.0.0.1:8080"
PRINTED_PORT: Final = "9090"
LINES_MAX: Final = 30


def block(kind: str, number: int = 0) -> str:
    """A block of the page by its kind, in their order."""
    found: list[str] = re.findall(
        rf"^```{kind}\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    return found[number]


def test_script_is_short() -> None:
    assert len(block("python").splitlines()) <= LINES_MAX


@pytest.mark.slow
def test_script_prints_the_journey_of_an_order(tmp_path: Path) -> None:
    folder, port = tmp_path / "empty", free_port()
    folder.mkdir()
    with serving(tmp_path / "home", first_start=True) as gateway:
        script = block("python").replace(PRINTED_ADDRESS, gateway.address)
        (folder / "shop.py").write_text(script.replace(PRINTED_PORT, port))
        command = block("sh", 1).replace(PRINTED_PORT, port).split()
        assert command[0] == ".venv/bin/altyn"
        assert gateway.run(*command[1:]).code == 0

        done = subprocess.run(
            [sys.executable, *block("sh", 2).split()[1:]],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_SECONDS,
        )

    assert (done.returncode, done.stdout) == (0, block("text")), done.stderr
