"""The help of the command: it covers every command and loads none of the gateway."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from altyn.cli.app import app

GROUPS = ("callbacks", "cart", "clock", "keys", "merchant", "order")
COMMANDS = ("serve", "doctor", "migrate", "pay", "cards", *GROUPS)


@pytest.mark.parametrize("words", [(), *((command,) for command in COMMANDS)])
def test_every_command_has_help(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, [*words, "--help"])

    assert result.exit_code == 0, result.output
    assert "Usage" in result.output


def test_help_imports_no_gateway() -> None:
    heavy = ("altyn.main", "aiohttp", "asyncpg", "starlette", "uvicorn", "jinja2", "cryptography")
    program = f"import sys, altyn.cli.app; print([m for m in {heavy!r} if m in sys.modules])"

    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert result.stdout.strip() == "[]"


def test_cards_are_printed_as_json() -> None:
    result = CliRunner().invoke(app, ["cards", "--action-code", "116", "--json"])

    assert result.exit_code == 0
    assert '"actionCode": 116' in result.output
