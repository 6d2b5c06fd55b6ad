"""The commands of docs/how-to/carts.md: pasted as a whole, they register, check, pay and refund."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.command import COMMAND_SECONDS, environment, serving

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "carts.md"
PRINTED_ADDRESS: Final = "http://127.0.0.1:8080"
BLOCK: Final = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.slow
def test_commands_of_the_page_end_in_a_partial_refund(tmp_path: Path) -> None:
    commands = "\n".join(BLOCK.findall(PAGE.read_text("utf-8")))
    path = f"{Path(sys.prefix) / 'bin'}:{os.environ['PATH']}"
    with serving(tmp_path / "home") as gateway:
        port = gateway.address.rpartition(":")[2]
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands.replace(PRINTED_ADDRESS, gateway.address)],
            cwd=tmp_path,
            env=environment(gateway.home, PATH=path, ALTYN_PORT=port),
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_SECONDS,
        )
        assert done.returncode == 0, done.stderr
        order_id = json.loads(done.stderr)["orderId"]
        amounts = gateway.status(order_id)["paymentAmountInfo"]

    assert "The cart is right: 2 positions" in done.stdout
    assert json.loads(done.stdout.splitlines()[-1])["errorCode"] == "0"
    assert (amounts["depositedAmount"], amounts["refundedAmount"]) == (33336, 6668)
