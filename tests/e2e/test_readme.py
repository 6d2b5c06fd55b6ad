"""The example order of the README: each of its commands is run, and each answer is compared.

The JSON below a command may show a part of the answer; each member shown must be in the answer,
with the same codes.
"""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
SECTION: Final = "## One order, from registration to refund"
PRINTED_ADDRESS: Final = "http://127.0.0.1:8080"
BLOCK: Final = re.compile(r"^```(sh|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
START_SECONDS: Final = 120  # a guard against waiting for ever


@dataclass(frozen=True, slots=True)
class Step:
    """A command of the README, and the answer printed below it."""

    command: str
    answer: Any


@dataclass(frozen=True, slots=True)
class Example:
    """The commands of the section: assignments of shell variables, then the steps."""

    assignments: str
    steps: tuple[Step, ...]


def read_example(text: str) -> Example:
    """Parse the section: a block of shell and the block of JSON after it are one step."""
    section = text.split(SECTION, 1)[1].split("\n## ", 1)[0]
    blocks = BLOCK.findall(section)
    assignments, steps = "", []
    for index, (kind, body) in enumerate(blocks):
        if kind == "json":
            continue
        answered = blocks[index + 1 : index + 2]
        if answered and answered[0][0] == "json":
            steps.append(Step(body, json.loads(answered[0][1])))
        else:
            assignments += body
    return Example(assignments, tuple(steps))


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `altyn serve` on a free port, with a data folder of its own."""
    home = tmp_path_factory.mktemp("readme")
    own = {"ALTYN_HOME": str(home), "ALTYN_PORT": "0"}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ALTYN_")}
    log = home.with_suffix(".log")
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-m", "altyn", "serve"],
            env={**inherited, **own},
            stdout=output,
            stderr=output,
        ) as server,
    ):
        try:
            yield wait_until_ready(home / "serving", server, log)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)


def wait_until_ready(serving: Path, server: "subprocess.Popen[bytes]", log: Path) -> str:
    """Wait until the gateway is ready; its address."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        if serving.exists() and (lines := serving.read_text().splitlines()):
            connection = http.client.HTTPConnection(lines[0].removeprefix("http://"), timeout=5)
            try:
                connection.request("GET", "/ready")
                if connection.getresponse().status == 200:
                    return lines[0]
            except OSError:
                pass
            finally:
                connection.close()
        time.sleep(0.1)
    pytest.fail(f"the gateway did not start:\n{log.read_text()}")


@pytest.mark.slow
def test_commands_of_the_readme_get_the_printed_answers(gateway: str) -> None:
    example = read_example((ROOT / "README.md").read_text("utf-8"))
    assert len(example.steps) == 5, "a step was added or removed: change this number"
    assignments = example.assignments.replace(PRINTED_ADDRESS, gateway)
    printed_order = example.steps[0].answer["orderId"]
    order = printed_order
    for step in example.steps:
        command = step.command.replace(printed_order, order)
        assignments += "".join(re.findall(r"^\w+=.*\n", command, re.MULTILINE))
        answer = json.loads(shell(assignments + command))
        order = answer.get("orderId", order)
        assert shape(step.answer) == shape(part_of(answer, like=step.answer)), step.command


def shell(script: str) -> str:
    """The output of a script of the README."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], capture_output=True, check=True, timeout=60
    )
    return done.stdout.decode()


def part_of(answer: Any, *, like: Any) -> Any:
    """The members of an answer that the README shows. Raises KeyError for a missing one."""
    if isinstance(like, dict):
        return {name: part_of(answer[name], like=value) for name, value in like.items()}
    if isinstance(like, list):
        return [part_of(a, like=b) for a, b in zip(answer, like, strict=True)]
    return answer


def shape(value: Any) -> Any:
    """The value with ids and the address replaced by constants, since they differ in each run."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value]
    if isinstance(value, str):
        return re.sub(r"http://127\.0\.0\.1:\d+", "ADDRESS", UUID.sub("ID", value))
    return value


def test_wrong_answer_is_detected() -> None:
    printed = {"orderStatus": 2, "orderId": "01a20052-daf3-8000-819c-61e943bd6253"}
    answer = {"orderStatus": 6, "orderId": "01a20052-daf3-8000-8a17-000000000000", "amount": 1}
    assert shape(part_of(answer, like=printed)) != shape(printed)
    assert shape(part_of({**answer, "orderStatus": 2}, like=printed)) == shape(printed)
    with pytest.raises(KeyError):
        part_of({}, like=printed)
