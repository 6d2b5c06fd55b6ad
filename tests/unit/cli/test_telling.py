"""What a person reads when something went wrong: a paragraph, never a traceback."""

from pathlib import Path

import pytest

from altyn.cli.output import CommandError, tell
from altyn.security.keys import KeyFileError
from altyn.settings import SettingsError


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (CommandError("there is no order 5"), "There is no order 5."),
        (CommandError("hold_days: 1 to 365 days"), "hold_days: 1 to 365 days."),
        (
            SettingsError("two are missing:\n  A: one\n  B: two"),
            "Two are missing:\n  A: one\n  B: two",
        ),
        (KeyFileError(what="is bad", where=Path("k"), remedy="Mend it."), "k: is bad. Mend it."),
    ],
)
def test_an_error_is_told_calmly(
    error: Exception, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tell(error) == 1
    assert capsys.readouterr().err == said + "\n"


def test_the_unforeseen_is_told_without_a_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ALTYN_LOG_LEVEL", raising=False)
    tell(ZeroDivisionError("a number"))

    said = capsys.readouterr().err
    assert "ZeroDivisionError: a number" in said
    assert "ALTYN_LOG_LEVEL=debug" in said
    assert "Traceback" not in said


def test_long_paragraphs_are_folded(capsys: pytest.CaptureFixture[str]) -> None:
    tell(CommandError("word " * 60))

    assert max(map(len, capsys.readouterr().err.splitlines())) <= 100
