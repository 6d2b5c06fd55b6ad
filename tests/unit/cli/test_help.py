"""The help of the command: it covers every command and loads none of the gateway."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

from altyn.cli.app import app

GROUPS = ("callbacks", "cart", "clock", "keys", "merchant", "order")
COMMANDS = ("serve", "stop", "reset", "doctor", "migrate", "pay", "cards", "phone", *GROUPS)


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


@pytest.mark.parametrize("words", [("cards",), ("merchant", "settings")])
def test_tables_have_one_layout_at_any_width(words: tuple[str, ...]) -> None:
    outputs = {
        CliRunner().invoke(app, words, env={"COLUMNS": columns}).output
        for columns in ("40", "80", "200")
    }

    (output,) = outputs
    assert max(map(len, output.splitlines())) <= 80
    assert "…" not in output


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completion_is_offered(shell: str) -> None:
    result = CliRunner().invoke(
        app, [], prog_name="altyn", env={"_ALTYN_COMPLETE": f"source_{shell}"}
    )

    assert result.exit_code == 0, result.output
    assert "_ALTYN_COMPLETE" in result.output


def test_commands_are_completed() -> None:
    environment = {
        "_ALTYN_COMPLETE": "complete_bash",
        "COMP_WORDS": "altyn callbacks li",
        "COMP_CWORD": "2",
    }

    result = CliRunner().invoke(app, [], prog_name="altyn", env=environment)

    assert result.output.split() == ["list", "listen"]


def test_every_command_has_json() -> None:
    without = [
        name
        for name, command in commands_of(get_command(app))
        if "--json" not in {option for each in command.params for option in each.opts}
    ]

    assert without == []


def test_flags_stand_alone_in_the_help_and_options_name_their_value() -> None:
    names = ["", *GROUPS, *(name for name, _ in commands_of(get_command(app)))]
    helps = {name: CliRunner().invoke(app, [*name.split(), "--help"]).output for name in names}

    assert not [name for name, text in helps.items() if re.search("<[a-z]|int range|bool", text)]
    assert re.search(r"--json +Print JSON", helps["order list"])
    assert re.search(r"--limit +LIMIT \[1<=x<=1000\] +List at most", helps["order list"])
    assert re.search(r"changes\.\.\. +KEY=VALUE", helps["merchant set"])


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("hold", ["hold_days="]),
        ("callbacks.me", ["callbacks.method="]),
        ("page_holder=o", ["page_holder=off", "page_holder=optional"]),
        ("callbacks.enabled=", ["callbacks.enabled=true", "callbacks.enabled=false"]),
        ("+ref", ["+refund"]),
        ("-two", ["-two_phase"]),
        ("hold_days=", []),
    ],
)
def test_settings_and_permissions_are_completed(typed: str, offered: list[str]) -> None:
    environment = {
        "_ALTYN_COMPLETE": "complete_bash",
        "COMP_WORDS": f"altyn merchant set test {typed}",
        "COMP_CWORD": "4",
    }

    result = CliRunner().invoke(app, [], prog_name="altyn", env=environment)

    assert result.output.split() == offered


def test_each_option_has_one_name_in_all_commands() -> None:
    options = {
        option
        for _, command in commands_of(get_command(app))
        for each in command.params
        for option in each.opts
    }

    assert "--merchant" in options
    assert "--limit" in options
    assert not options & {"--shop", "--login", "--size", "--count"}


def commands_of(group: object, name: str = "") -> Iterator[tuple[str, TyperCommand]]:
    """Every command with its full name."""
    assert isinstance(group, TyperGroup)
    for word, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands_of(command, f"{name}{word} ")
        else:
            assert isinstance(command, TyperCommand)
            yield f"{name}{word}", command
