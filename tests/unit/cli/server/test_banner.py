"""The banner of `altyn serve`: what a second terminal needs, the callback key, and colours."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from altyn.cli.output import console
from altyn.cli.server.banner import print_banner, print_stopped
from altyn.settings import Settings
from altyn.storage.demo import DEMO_CALLBACK_KEY

ADDRESS = "http://127.0.0.1:8080"


@pytest.fixture(autouse=True)
def new_console() -> Iterator[None]:
    """A console that reads the environment of the test."""
    console.cache_clear()
    yield
    console.cache_clear()


def banner(settings: Settings, capsys: pytest.CaptureFixture[str]) -> str:
    print_banner(settings, ADDRESS, "data", 1.0)
    return capsys.readouterr().out


def test_default_gateway_needs_no_exports(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)

    output = banner(Settings(), capsys)

    assert f"signed with the key {DEMO_CALLBACK_KEY}" in output
    assert "export" not in output
    assert "activate" not in output


def test_other_home_or_port_is_exported_and_quoted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    monkeypatch.chdir(tmp_path)

    output = banner(Settings(home=Path("/srv/my shop"), port=9000), capsys)

    assert "  Terminal  a second one needs:\n" in output
    assert "source .venv/bin/activate\n" in output
    assert "export ALTYN_HOME='/srv/my shop'\n" in output
    assert "export ALTYN_PORT=9000\n" in output


def test_colours_are_for_terminals_only(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    plain = banner(Settings(), capsys)
    console.cache_clear()
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    coloured = banner(Settings(), capsys)

    assert "\x1b[" not in plain
    assert "\x1b[1;32mAltyn" in coloured


def test_end_names_the_place_of_the_data(capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(home=Path("/srv/altyn"))

    print_stopped(settings, fresh=False)
    print_stopped(replace(settings, database_url="postgresql://db/altyn"), fresh=False)
    print_stopped(settings, fresh=True)

    kept, own, deleted = capsys.readouterr().out.split("\n\n")
    assert "kept in /srv/altyn;" in kept
    assert "kept in its database" in own
    assert "Its data are deleted." in deleted
