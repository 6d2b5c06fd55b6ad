"""The npm package sberbank-acquiring, unmodified, as a client for tests (npm_client.js)."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from playwright._impl._driver import compute_driver_executable

from altyn.storage.demo import DEMO_API_LOGIN, DEMO_PASSWORD

# Playwright brings its own Node, so these tests need no other.
NODE: Final = str(compute_driver_executable()[0])
SCRIPT: Final = Path(__file__).with_suffix(".js")
PACKAGES: Final = Path(sys.prefix) / "npm" / "node_modules"


class NpmClientError(Exception):
    """The package has thrown an error: the code as the gateway has sent it, and its text."""

    def __init__(self, code: str | int, text: str) -> None:
        super().__init__(f"{code} {text}")
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True)
class NpmClient:
    """A running client."""

    process: subprocess.Popen[str]

    def call(self, method: str, *parameters: object) -> Any:
        """Call a method of the package; what it has returned."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([method, *parameters]) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the client has ended; its error is above"
        outcome = json.loads(line)
        if "text" in outcome:
            raise NpmClientError(outcome["code"], outcome["text"])
        return outcome["answer"]


@contextmanager
def npm_client(address: str, password: str = DEMO_PASSWORD) -> Iterator[NpmClient]:
    """Start the client of the demo shop; it ends when its input is closed."""
    if not PACKAGES.is_dir():
        pytest.fail(f"{PACKAGES} is missing: run `make clients`, which needs npm")
    with subprocess.Popen(
        [NODE, str(SCRIPT), address, DEMO_API_LOGIN, password],
        env={**os.environ, "NODE_PATH": str(PACKAGES)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield NpmClient(process)
        finally:
            process.communicate(timeout=60)
    assert process.returncode == 0
