"""`altyn stop`: stops the gateway that runs on the data folder, and waits for its end."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from altyn.cli.environment import ADDRESS_FILE, read_settings
from altyn.cli.output import CommandError, JsonFlag, print_json, print_line
from altyn.settings import Settings

END_SECONDS: Final = 240.0
"""Longer than open requests and the shutdown of PostgreSQL may take."""

Home = Annotated[Path | None, typer.Option(help="Data folder. [ALTYN_HOME]")]


@dataclass(frozen=True, slots=True)
class RunningGateway:
    """The gateway of a data folder: its address, and its first process."""

    address: str
    pid: int


def stop(home: Home = None, as_json: JsonFlag = False) -> None:  # noqa: FBT002
    """Stop the gateway of the data folder: open requests are finished, the data are kept."""
    settings = read_settings(home=home.expanduser().absolute() if home else None)
    gateway = running_gateway(settings)
    if gateway is None:
        raise CommandError(
            f"No gateway runs on {settings.home}. Name another data folder with --home or "
            "ALTYN_HOME; `altyn doctor` shows which one is used."
        )
    with suppress(ProcessLookupError):
        os.kill(gateway.pid, signal.SIGTERM)
    deadline = time.monotonic() + END_SECONDS
    while is_alive(gateway.pid):
        if time.monotonic() > deadline:
            raise CommandError(
                f"The gateway at {gateway.address} (process {gateway.pid}) has not ended within "
                f"{END_SECONDS:.0f} s. Look at its log."
            )
        time.sleep(0.05)
    if as_json:
        print_json({"address": gateway.address, "home": str(settings.home)})
        return
    print_line(f"The gateway at {gateway.address} has stopped.")


def running_gateway(settings: Settings) -> RunningGateway | None:
    """The gateway that has written its address into the data folder; None when it has ended."""
    try:
        address, pid, *_ = (settings.home / ADDRESS_FILE).read_text(encoding="utf-8").splitlines()
        gateway = RunningGateway(address, int(pid))
    except (OSError, ValueError):
        return None
    # The file of a killed gateway stays, and its pid may belong to another program by now.
    return gateway if is_alive(gateway.pid) and "altyn" in _command(gateway.pid) else None


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended but was not waited for does not."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except ProcessLookupError:
        return False
    except OSError:  # another user's process, or a system without /proc
        return True
    return not state.rpartition(")")[2].lstrip().startswith("Z")


def _command(pid: int) -> str:
    """The command line of a process."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    with suppress(OSError):
        shown = subprocess.run(  # noqa: S603 - a pid is a number
            ["/bin/ps", "-o", "command=", "-p", str(pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        return shown.stdout
    return ""
