"""Starting PostgreSQL's programs: as whom, with what environment, away from our terminal.
It exists so that every child of the launcher is started in one place and in one way."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PASSED_ON: Final = ("PATH", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""All that PostgreSQL sees of our environment: no secrets of ours, no PGHOST of a stranger."""


@dataclass(frozen=True, slots=True)
class Way:
    """As whom the server's programs run: as we are, by a prefix, or as another uid."""

    name: str = "the current user"
    prefix: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None

    @property
    def owner(self) -> int:
        """Uid which owns what the server writes, seen from our side."""
        return os.geteuid() if self.uid is None else self.uid

    def start(
        self,
        arguments: Sequence[str | Path],
        *,
        output: int,
        standard_input: int = subprocess.DEVNULL,
        keep_open: Sequence[int] = (),
    ) -> subprocess.Popen[bytes]:
        """Start a program in a session of its own: the terminal's Ctrl-C does not reach it."""
        return subprocess.Popen(  # noqa: S603  # PostgreSQL's own programs, no shell
            [*self.prefix, *map(str, arguments)],
            stdin=standard_input,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=tuple(keep_open),
            cwd="/",
            env=environment(),
            start_new_session=True,
            umask=0o077,
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
        )

    def run(
        self,
        arguments: Sequence[str | Path],
        *,
        told: str = "",
        keep_open: Sequence[int] = (),
        timeout_seconds: float = 120,
    ) -> tuple[int, str]:
        """Run a program to its end; its exit code and all it said. `told` goes to its input."""
        with self.start(
            arguments,
            output=subprocess.PIPE,
            standard_input=subprocess.PIPE,
            keep_open=keep_open,
        ) as program:
            try:
                said, _ = program.communicate(told.encode(), timeout=timeout_seconds)
            except BaseException:
                program.kill()
                raise
            return program.returncode, said.decode(errors="replace")


def environment() -> dict[str, str]:
    """The environment of PostgreSQL's programs; their messages are English everywhere."""
    passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {"PATH": os.defpath, **passed_on, "LC_ALL": "C"}
