"""The example of docs/how-to/pay-from-your-server.md prints what the page says."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.command import COMMAND_SECONDS, serving

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "pay-from-your-server.md"
PRINTED_ADDRESS: Final = "http://127.0.0.1:8080"


def block(kind: str) -> str:
    """The block of the page of this kind."""
    found: list[str] = re.findall(
        rf"^```{kind}\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    (one,) = found
    return one


@pytest.mark.slow
def test_example_prints_the_lines_of_the_page(tmp_path: Path) -> None:
    with serving(tmp_path / "home") as gateway:
        script = block("python").replace(PRINTED_ADDRESS, gateway.address)
        (tmp_path / "server.py").write_text(script)
        done = subprocess.run(
            [sys.executable, "server.py"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_SECONDS,
        )
    assert (done.returncode, done.stdout) == (0, block("text")), done.stderr
