"""The README's order, lived through: each of its commands is run, each answer compared.

It exists because a first example that does not work is the last thing anybody reads. The JSON under
a command may show a part of the answer; what it shows must be there, with the same codes.
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
    """A command of the README, and the answer printed under it."""

    command: str
    answer: Any


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the section has its reader do: settle some names, then go step by step."""

    names: str
    steps: tuple[Step, ...]


def read_lesson(text: str) -> Lesson:
    """Take the section apart: a block of shell and the block of JSON behind it are one step."""
    section = text.split(SECTION, 1)[1].split("\n## ", 1)[0]
    blocks = BLOCK.findall(section)
    names, steps = "", []
    for place, (kind, body) in enumerate(blocks):
        if kind == "json":
            continue
        answered = blocks[place + 1 : place + 2]
        if answered and answered[0][0] == "json":
            steps.append(Step(body, json.loads(answered[0][1])))
        else:
            names += body
    return Lesson(names, tuple(steps))


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `altyn serve` on a free port, with a data folder of its own."""
    home = tmp_path_factory.mktemp("readme")
    ours = {"ALTYN_HOME": str(home), "ALTYN_PORT": "0"}
    theirs = {name: value for name, value in os.environ.items() if not name.startswith("ALTYN_")}
    log = home.with_suffix(".log")
    with (
        log.open("wb") as said,
        subprocess.Popen(
            [sys.executable, "-m", "altyn", "serve"],
            env={**theirs, **ours},
            stdout=said,
            stderr=said,
        ) as server,
    ):
        try:
            yield wait_until_ready(home / "serving", server, log)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)


def wait_until_ready(serving: Path, server: "subprocess.Popen[bytes]", log: Path) -> str:
    """The address, as soon as it answers that it is ready."""
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
def test_the_order_of_the_readme_lives_as_it_is_told(gateway: str) -> None:
    lesson = read_lesson((ROOT / "README.md").read_text("utf-8"))
    assert len(lesson.steps) == 5, "a step was added or lost: this test wants to know"
    names = lesson.names.replace(PRINTED_ADDRESS, gateway)
    printed_order = lesson.steps[0].answer["orderId"]
    order = printed_order
    for step in lesson.steps:
        command = step.command.replace(printed_order, order)
        names += "".join(re.findall(r"^\w+=.*\n", command, re.MULTILINE))
        answer = json.loads(shell(names + command))
        order = answer.get("orderId", order)
        assert shape(step.answer) == shape(part_of(answer, like=step.answer)), step.command


def shell(script: str) -> str:
    """What a script of the README prints."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], capture_output=True, check=True, timeout=60
    )
    return done.stdout.decode()


def part_of(answer: Any, *, like: Any) -> Any:
    """The members of an answer that the README shows; one it shows in vain is an error."""
    if isinstance(like, dict):
        return {name: part_of(answer[name], like=value) for name, value in like.items()}
    if isinstance(like, list):
        return [part_of(a, like=b) for a, b in zip(answer, like, strict=True)]
    return answer


def shape(value: Any) -> Any:
    """A value with what differs from run to run made alike: ids, and the address."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value]
    if isinstance(value, str):
        return re.sub(r"http://127\.0\.0\.1:\d+", "ADDRESS", UUID.sub("ID", value))
    return value


def test_a_wrong_answer_would_be_seen() -> None:
    printed = {"orderStatus": 2, "orderId": "01a20052-daf3-8000-819c-61e943bd6253"}
    answer = {"orderStatus": 6, "orderId": "01a20052-daf3-8000-8a17-000000000000", "amount": 1}
    assert shape(part_of(answer, like=printed)) != shape(printed)
    assert shape(part_of({**answer, "orderStatus": 2}, like=printed)) == shape(printed)
    with pytest.raises(KeyError):
        part_of({}, like=printed)
