"""The commands of docs/how-to/carts.md are pasted as they are printed, one after another."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.command import COMMAND_SECONDS, Gateway, environment, serving

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "carts.md"
PRINTED_ADDRESS: Final = "http://127.0.0.1:8080"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with serving(tmp_path_factory.mktemp("carts") / "home") as running:
        yield running


@pytest.mark.slow
def test_commands_end_in_a_refund_of_two_packets_of_tea(gateway: Gateway, tmp_path: Path) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    commands = "".join(blocks).replace(PRINTED_ADDRESS, gateway.address)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    done = subprocess.run(
        ["bash", "-eu"], input=commands, cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**environment(gateway.home), "PATH": path}, timeout=COMMAND_SECONDS,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "Paid" in done.stdout
    assert "The cart is right: 2 positions, 40004 minor units." in done.stdout
    assert done.stdout.endswith('{"errorCode":"0","errorMessage":"Успешно"}')
