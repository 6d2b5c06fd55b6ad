"""The words of the command: every command is explained, and asking costs no gateway."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from altyn.cli.app import app

GROUPS = ("callbacks", "clock", "keys", "merchant", "order")
COMMANDS = ("serve", "doctor", "migrate", "pay", "cards", *GROUPS)


@pytest.mark.parametrize("words", [(), *((command,) for command in COMMANDS)])
def test_every_command_explains_itself(words: tuple[str, ...]) -> None:
    answer = CliRunner().invoke(app, [*words, "--help"])

    assert answer.exit_code == 0, answer.output
    assert "Usage" in answer.output


def test_asking_for_help_loads_no_gateway() -> None:
    heavy = ("altyn.main", "aiohttp", "asyncpg", "starlette", "uvicorn", "jinja2", "cryptography")
    program = f"import sys, altyn.cli.app; print([m for m in {heavy!r} if m in sys.modules])"

    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert said.stdout.strip() == "[]"


def test_cards_can_be_read_by_a_program() -> None:
    answer = CliRunner().invoke(app, ["cards", "--action-code", "116", "--json"])

    assert answer.exit_code == 0
    assert '"actionCode": 116' in answer.output
