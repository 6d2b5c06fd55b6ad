"""`altyn merchant set` with the account of a fiscal provider: what is missing is named, and the
password is never printed."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from altyn import main
from altyn.cli.app import app
from altyn.operations.staff.errors import SettingRefusedError
from tests.atol_server import PASSWORD
from tests.atol_shop import ACCOUNT
from tests.shop import settings_of

pytestmark = pytest.mark.slow
WORDS = [f"{key}={value}" for key, value in ACCOUNT.items()]


@pytest.fixture
def home(own_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of a prepared sandbox; the environment names it to the commands."""
    asyncio.run(main.prepare(settings_of(own_database_url, tmp_path)))
    monkeypatch.setenv("ALTYN_HOME", str(tmp_path))
    monkeypatch.setenv("ALTYN_DATABASE_URL", own_database_url)
    return tmp_path


def altyn(*words: str) -> Result:
    """Run `altyn …`."""
    return CliRunner().invoke(app, [*words])


def test_account_is_set_together_and_its_password_is_never_printed(home: Path) -> None:
    alone = altyn("merchant", "set", "test", "fiscal.provider=atol")
    assert isinstance(alone.exception, SettingRefusedError)
    assert "fiscal.group, fiscal.login, fiscal.password" in str(alone.exception)
    outputs = [
        altyn("merchant", "set", "test", *WORDS).output,
        altyn("merchant", "show", "test").output,
        altyn("merchant", "show", "test", "--json").output,
        altyn("doctor").output,
    ]
    assert "fiscal.password: none → •••" in outputs[0]
    assert json.loads(outputs[2])["settings"]["fiscal.password"] == "•••"
    assert not [output for output in outputs if PASSWORD in output]
    assert not [output for output in outputs if "encrypted1:" in output]
    assert "Set ALTYN_ATOL_URL: the receipts of test wait for it" in outputs[3]


def test_doctor_finds_a_password_of_another_key_file(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    altyn("merchant", "set", "test", *WORDS)
    monkeypatch.setenv("ALTYN_ATOL_URL", "https://fiscal.example/possystem")
    assert "ATOL Online at https://fiscal.example/possystem" in altyn("doctor").output
    (home / "keys.json").unlink()
    asyncio.run(main.prepare(settings_of(os.environ["ALTYN_DATABASE_URL"], home)))
    found = " ".join(altyn("doctor").output.split())
    assert "`altyn merchant set test fiscal.password=…`" in found
