"""The commands of the README: they are pasted as a whole, twice, and each answer is compared.

The JSON below a command may show a part of the answer; each member shown must be in the answer,
with the same codes.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest

from tests.e2e.command import STOP_SECONDS, Gateway, environment, eventually, serving

ROOT: Final = Path(__file__).resolve().parents[2]
SECTIONS: Final = ("## One order, from registration to refund", "## Receive callbacks")
PRINTED_ADDRESS: Final = "http://127.0.0.1:8080"
PRINTED_PORT: Final = "9090"
BLOCK: Final = re.compile(r"^```(sh|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NUMBER: Final = re.compile(r"[AB]-\d{10}-\d+")
MARK: Final = "-- end of block --"


@dataclass(frozen=True, slots=True)
class Block:
    """Commands of the README, and the answer printed below them; None when there is none."""

    commands: str
    answer: Any


@dataclass(frozen=True, slots=True)
class Journey:
    """The commands of the second terminal, and those of the third, which receives callbacks."""

    second: tuple[Block, ...]
    third: str

    def pasted(self) -> str:
        """All commands of the second terminal, with a mark in the output after each block."""
        return "".join(f"{block.commands}echo; echo '{MARK}'\n" for block in self.second)


def read_journey(text: str) -> Journey:
    """Parse the sections: a block of shell and the block of JSON after it belong together."""
    sections = [text.split(title, 1)[1].split("\n## ", 1)[0] for title in SECTIONS]
    blocks = [*BLOCK.findall("\n".join(sections)), ("", "")]
    read = [
        Block(body, json.loads(after) if kind_after == "json" else None)
        for (kind, body), (kind_after, after) in pairwise(blocks)
        if kind == "sh"
    ]
    third = [block.commands for block in read if "callbacks listen" in block.commands]
    assert len(third) == 1, "one block starts the receiver"
    return Journey(tuple(block for block in read if block.commands not in third), third[0])


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with serving(tmp_path_factory.mktemp("readme") / "home", first_start=True) as running:
        yield running


@dataclass(frozen=True, slots=True)
class Checkout:
    """A folder with `.venv`, as `make serve` leaves it, and the gateway that runs there."""

    folder: Path
    gateway: Gateway

    def bash(self, script: str) -> list[str]:
        """A shell that stops at the first error."""
        text = script.replace(PRINTED_ADDRESS, self.gateway.address)
        return ["bash", "-euo", "pipefail", "-c", text]

    def environment(self) -> dict[str, str]:
        return environment(self.gateway.home, PYTHONUNBUFFERED="1")

    def paste(self, script: str) -> list[str]:
        """Run the script; the output of each block. Fails the test if a command fails."""
        done = subprocess.run(
            self.bash(script),
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout.split(f"\n{MARK}\n")[:-1]

    @contextmanager
    def receiving(self, script: str) -> Iterator[tuple[str, Path]]:
        """Run the receiver on a free port; yields the port, and the file with its output."""
        log = self.folder / "receiver.log"
        *before, command = script.splitlines()
        free = command.replace(f"--port {PRINTED_PORT}", "--port 0")
        with log.open("wb") as output:
            receiver = subprocess.Popen(
                self.bash("\n".join([*before, f"exec {free}"])),
                cwd=self.folder,
                env=self.environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            address = re.compile(r"http://127\.0\.0\.1:(\d+)/cb")
            assert eventually(lambda: address.search(log.read_text("utf-8"))), log.read_text()
            found = address.search(log.read_text("utf-8"))
            assert found is not None
            yield found[1], log
        finally:
            receiver.terminate()
            receiver.wait(STOP_SECONDS)


@pytest.fixture
def checkout(gateway: Gateway, tmp_path: Path) -> Checkout:
    (tmp_path / ".venv").symlink_to(sys.prefix)
    assert os.access(tmp_path / ".venv" / "bin" / "activate", os.R_OK)
    return Checkout(tmp_path, gateway)


@pytest.mark.slow
def test_commands_of_the_readme_run_twice_and_get_the_printed_answers(checkout: Checkout) -> None:
    journey = read_journey((ROOT / "README.md").read_text("utf-8"))
    assert sum(block.answer is not None for block in journey.second) == 5
    with checkout.receiving(journey.third) as (port, log):
        script = journey.pasted().replace(f":{PRINTED_PORT}/", f":{port}/")
        for outputs in (checkout.paste(script), checkout.paste(script)):
            check_answers(journey, outputs)
            assert "Paid: 1500.00 RUB." in outputs[-1]
            assert eventually(partial(is_received, UUID.findall(outputs[-1])[0], log))


def is_received(order_id: str, log: Path) -> bool:
    """Whether the receiver has printed a callback of this order."""
    return order_id in log.read_text("utf-8")


def check_answers(journey: Journey, outputs: list[str]) -> None:
    """Compare the output of each block with the answer that is printed below it."""
    for block, output in zip(journey.second, outputs, strict=True):
        if block.answer is not None:
            answer = json.loads(output)
            assert shape(block.answer) == shape(part_of(answer, like=block.answer)), block.commands


def part_of(answer: Any, *, like: Any) -> Any:
    """The members of an answer that the README shows. Raises KeyError for a missing one."""
    if isinstance(like, dict):
        return {name: part_of(answer[name], like=value) for name, value in like.items()}
    if isinstance(like, list):
        return [part_of(a, like=b) for a, b in zip(answer, like, strict=True)]
    return answer


def shape(value: Any) -> Any:
    """The value with ids, order numbers and the address replaced by constants, since they differ in
    each run."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value]
    if isinstance(value, str):
        known = NUMBER.sub("NUMBER", UUID.sub("ID", value))
        return re.sub(r"http://127\.0\.0\.1:\d+", "ADDRESS", known)
    return value


def test_wrong_answer_is_detected() -> None:
    printed = {"orderStatus": 2, "orderId": "01a20052-daf3-8000-819c-61e943bd6253"}
    answer = {"orderStatus": 6, "orderId": "01a20052-daf3-8000-8a17-000000000000", "amount": 1}
    assert shape(part_of(answer, like=printed)) != shape(printed)
    assert shape(part_of({**answer, "orderStatus": 2}, like=printed)) == shape(printed)
    with pytest.raises(KeyError):
        part_of({}, like=printed)
