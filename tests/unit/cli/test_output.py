"""Errors on the terminal: one paragraph, never a traceback."""

from pathlib import Path

import pytest

from altyn.cli.output import CommandError, print_error
from altyn.security.keys import KeyFileError
from altyn.settings import SettingsError


@pytest.mark.parametrize(
    ("error", "output"),
    [
        (CommandError("there is no order 5"), "There is no order 5."),
        (CommandError("hold_days: 1 to 365 days"), "hold_days: 1 to 365 days."),
        (CommandError("cart.json is empty"), "cart.json is empty."),
        (CommandError("127.0.0.1:1 is closed"), "127.0.0.1:1 is closed."),
        (
            SettingsError("two are missing:\n  A: one\n  B: two"),
            "Two are missing:\n  A: one\n  B: two",
        ),
        (KeyFileError(what="is bad", where=Path("k"), remedy="Mend it."), "k: is bad. Mend it."),
    ],
)
def test_error_is_printed_as_a_sentence(
    error: Exception, output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert print_error(error) == 1
    assert capsys.readouterr().err == output + "\n"


def test_unexpected_error_is_printed_without_a_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ALTYN_LOG_LEVEL", raising=False)
    print_error(ZeroDivisionError("a number"))

    output = capsys.readouterr().err
    assert "ZeroDivisionError: a number" in output
    assert "ALTYN_LOG_LEVEL=debug" in output
    assert "Traceback" not in output


def test_long_paragraphs_are_folded(capsys: pytest.CaptureFixture[str]) -> None:
    print_error(CommandError("word " * 60))

    assert max(map(len, capsys.readouterr().err.splitlines())) <= 80
