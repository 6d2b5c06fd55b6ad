"""Starts PostgreSQL's programs as a chosen user, in a small environment, without our terminal."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

INHERITED_VARIABLES: Final = ("PATH", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""The only variables that PostgreSQL gets from us: no secrets, and no PGHOST of another server."""


@dataclass(frozen=True, slots=True)
class RunAs:
    """The user that runs the server's programs: ours, that of a command prefix, or another uid."""

    name: str = "the current user"
    prefix: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None

    @property
    def owner(self) -> int:
        """The uid that owns the server's files, as we see it."""
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
        input_text: str = "",
        keep_open: Sequence[int] = (),
        timeout_seconds: float = 120,
    ) -> tuple[int, str]:
        """Run a program to its end with this input; return its exit code and its output."""
        with self.start(
            arguments,
            output=subprocess.PIPE,
            standard_input=subprocess.PIPE,
            keep_open=keep_open,
        ) as program:
            try:
                printed, _ = program.communicate(input_text.encode(), timeout=timeout_seconds)
            except BaseException:
                program.kill()
                raise
            return program.returncode, printed.decode(errors="replace")


def environment() -> dict[str, str]:
    """The environment of PostgreSQL's programs; their messages are always in English."""
    inherited = {name: os.environ[name] for name in INHERITED_VARIABLES if name in os.environ}
    return {"PATH": os.defpath, **inherited, "LC_ALL": "C"}
