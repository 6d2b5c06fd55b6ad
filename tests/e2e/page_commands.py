"""Runs the commands of a page of the docs as they are printed, in one shell, against a gateway.

Only addresses, ports and the year are replaced. A command that fails ends the run, except a payment
that is declined and a checksum that is wrong. A command that stays open in a terminal of its own
(a receiver) runs until the next one starts or the page ends, and is ended by its process id.
"""

import os
import re
import socket
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tests.e2e.command import COMMAND_SECONDS, Gateway, environment

ROOT: Final = Path(__file__).resolve().parents[2]
PRINTED_ADDRESS: Final = "http://127.0.0.1:8080"
PRINTED_PORT: Final = "9090"
PRINTED_YEAR: Final = "2026-12-"
BLOCK: Final = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# After the clock has moved, deliveries that became due end before the next command.
MOVES_CLOCK: Final = re.compile(r"^(altyn clock advance \w+)", re.MULTILINE)
SETTLED: Final = """
import json, sys, urllib.request
read = lambda path: json.load(urllib.request.urlopen(sys.argv[1] + path))
now, waiting = read("/sandbox/clock")["utc"], read("/sandbox/callbacks?state=waiting")["callbacks"]
sys.exit(any(each["onItsWay"] or each["dueAt"][:19] <= now[:19] for each in waiting))
"""
STAYS_OPEN: Final = re.compile(r"^(?=altyn callbacks listen)", re.MULTILINE)
# The gateway of the test runs already.
SERVES: Final = re.compile(r"^(?:make serve|altyn serve)$\n", re.MULTILINE)
# `altyn pay` tells by its exit code that nothing was paid; `verify` that a checksum is wrong.
PRELUDE: Final = """
failed() {
  case "$1" in
    "altyn pay"*) [ "$2" -ge 3 ] && return ;;
    "altyn callbacks verify"*--computed*) [ "$2" = 1 ] && return ;;
  esac
  echo "failed with exit code $2: $1" >&2
  exit 1
}
close_terminal() {
  [ -z "${OPEN:-}" ] || { kill "$OPEN"; wait "$OPEN" || true; } 2>/dev/null
}
stays_open() {
  close_terminal
  : > receiver.log
  "$@" >> receiver.log 2>&1 &
  OPEN=$!
  until grep -q Listening receiver.log; do kill -0 "$OPEN" && sleep 0.1; done
  cat receiver.log
}
settled() {
  until python -c "$SETTLED" "$ADDRESS"; do sleep 0.1; done
}
set -E -o pipefail
trap 'failed "$BASH_COMMAND" $?' ERR
trap close_terminal EXIT
"""


@dataclass(frozen=True, slots=True)
class PageRun:
    """What the commands of a page printed."""

    code: int
    out: str
    err: str


def commands_of(page: Path) -> str:
    """The commands of a page: its blocks of kind `sh`, in their order."""
    return "\n".join(BLOCK.findall(page.read_text("utf-8")))


def free_port() -> str:
    """A port that no server uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def run_page(page: Path, gateway: Gateway, folder: Path) -> PageRun:
    """Run the commands of a page in a folder, against a gateway."""
    port = free_port()
    commands = SERVES.sub("", commands_of(page)).replace(PRINTED_ADDRESS, gateway.address)
    commands = commands.replace(f":{PRINTED_PORT}/", f":{port}/")
    commands = STAYS_OPEN.sub("stays_open ", commands)
    commands = commands.replace("altyn callbacks listen", f"altyn callbacks listen --port {port}")
    commands = MOVES_CLOCK.sub(r"\1; settled", commands)
    commands = commands.replace(PRINTED_YEAR, f"{datetime.now(UTC).year + 1}-12-")
    own = {"ALTYN_PORT": gateway.address.rpartition(":")[2], "ADDRESS": gateway.address}
    return run_commands(commands, gateway.home, folder, SETTLED=SETTLED, **own)


def run_commands(commands: str, home: Path, folder: Path, **more: str) -> PageRun:
    """Run commands in a folder that has the `.venv` of the README; `more` are variables."""
    if not (folder / ".venv").exists():
        (folder / ".venv").symlink_to(sys.prefix)
    path = f"{Path(sys.prefix) / 'bin'}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", PRELUDE + commands],
        cwd=folder,
        env=environment(home, PATH=path, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=2 * COMMAND_SECONDS,
    )
    return PageRun(done.returncode, done.stdout, done.stderr)
