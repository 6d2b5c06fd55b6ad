"""Processes that are forked from one that has imported the gateway.

A process of its own imports more than a thousand modules, for seconds, before it does what a test
is about. Python's fork server imports them once for all processes of a test process; each is a
process of the operating system nevertheless, which a test can kill.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from typing import Any, Final

END_SECONDS: Final = 30
_CONTEXT: Final = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["uvicorn", "altyn.cli.app", "altyn.main"])


class ForkedProcess:
    """A process that runs `act(pipe, *arguments)`; `pipe` is its end of a connection with the test.

    `environment` is all of its environment. The process may be killed, and its connection then ends
    with EOFError. `act` is imported by its name, so it is a function of a module.
    """

    def __init__(
        self, act: Callable[..., None], *arguments: object, environment: Mapping[str, str]
    ) -> None:
        self.pipe, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(
            target=_act, args=(act, theirs, dict(environment), arguments), daemon=True
        )
        self._process.start()
        theirs.close()

    def answer(self, expected: str) -> Any:
        """The next answer, a pair of this word and a value; the value."""
        word, value = self.pipe.recv()
        assert word == expected, f"the process answered {word} {value}"
        return value

    def wait(self, seconds: float = END_SECONDS) -> int:
        """Wait for its end; its exit code, as of `subprocess`. Raises TimeoutError."""
        self._process.join(seconds)
        code = self._process.exitcode
        if code is None:
            self.kill()
            raise TimeoutError(f"the process did not end within {seconds:g} s")
        self.pipe.close()
        return code

    def kill(self) -> None:
        """End the process by SIGKILL, and wait until it is gone."""
        self._process.kill()
        self._process.join(END_SECONDS)
        self.pipe.close()


def _act(
    act: Callable[..., None],
    pipe: Connection,
    environment: Mapping[str, str],
    arguments: tuple[object, ...],
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    act(pipe, *arguments)
