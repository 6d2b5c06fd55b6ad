"""`altyn doctor --production`: every setting that production refuses is named, nothing starts."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from altyn.cli.app import app
from altyn.security.keys import KeyRing

ALTYN = {
    "ALTYN_PUBLIC_URL": "https://pay.example",
    "ALTYN_ACQUIRER_URL": "https://acquirer.example/altyn",
    "ALTYN_ACQUIRER_KEY": "test-key-of-the-acquirer",
    "ALTYN_TLS_TERMINATED": "yes",
}


def test_wrong_settings_of_production_are_named_with_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**ALTYN, "ALTYN_HOME": str(tmp_path / "home")}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ALTYN_TRUSTED_PROXIES", "*")
    monkeypatch.setenv("ALTYN_CALLBACK_PORTS", "22,443")

    result = CliRunner().invoke(app, ["doctor", "--production"])

    assert result.exit_code == 1
    for part in ("ALTYN_DATABASE_URL", "ALTYN_KEY_FILE", "trusts every sender", "443,8443"):
        assert part in result.output
    assert "ALTYN_PUBLIC_URL" not in result.output
    assert not (tmp_path / "home").exists(), "nothing is started or created"


def test_unreachable_database_of_production_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    KeyRing.create(tmp_path / "keys.json", sandbox=False)
    for name, value in {**ALTYN, "ALTYN_KEY_FILE": str(tmp_path / "keys.json")}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ALTYN_DATABASE_URL", "postgresql://altyn@127.0.0.1:1/altyn")

    result = CliRunner().invoke(app, ["doctor", "--production"])

    assert result.exit_code == 1
    assert "wrong settings" not in result.output
    assert "127.0.0.1:1/altyn: nothing answers there" in result.output
