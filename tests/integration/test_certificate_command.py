"""`altyn merchant certificate`: what staff give to a shop, and no secret in what is printed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import pytest
from cryptography import x509
from typer.testing import CliRunner, Result

from altyn import main
from altyn.cli.app import app
from altyn.cli.output import CommandError
from altyn.security.keys import KeyRing
from altyn.storage.signing_keys import SigningKeyError
from tests.shop import settings_of


@pytest.fixture
def key_file(empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The key file of a prepared sandbox, which the commands find by the environment."""
    settings = settings_of(empty_database_url, tmp_path)
    asyncio.run(main.prepare(settings))
    monkeypatch.setenv("ALTYN_HOME", str(tmp_path))
    monkeypatch.setenv("ALTYN_DATABASE_URL", empty_database_url)
    return settings.keys


def merchant(*words: str) -> Result:
    """Run `altyn merchant …`."""
    return CliRunner().invoke(app, ["merchant", *words])


def alias(said: str) -> str:
    return said.split()[1]


def test_a_shop_is_given_a_certificate_and_then_another(key_file: Path) -> None:
    none = merchant("certificate", "test")
    assert isinstance(none.exception, CommandError)
    assert "altyn merchant certificate test --new" in str(none.exception)

    first = merchant("certificate", "test", "--new").output
    assert alias(first).startswith("altyn-test-")
    assert "altyn merchant set test callbacks.checksum=asymmetric" in first
    x509.load_pem_x509_certificate(first.encode())  # as it was printed, words and all
    assert merchant("certificate", "test-api").output == first

    second = merchant("certificate", "test", "--new").output
    assert alias(second).endswith("-2")
    assert merchant("certificate", "test").output == second


def test_once_it_is_on_nobody_is_told_to_switch_it_on(key_file: Path) -> None:
    merchant("set", "test", "callbacks.checksum=asymmetric")
    said = merchant("certificate", "test", "--new").output
    assert "callbacks of test are signed with it" in said
    assert "altyn merchant set" not in said
    assert "PRIVATE" not in said


def test_with_another_key_file_it_is_told_what_to_do(key_file: Path) -> None:
    merchant("certificate", "test", "--new")
    key_file.unlink()
    KeyRing.create(key_file)
    failed = merchant("certificate", "test")
    assert isinstance(failed.exception, SigningKeyError)
    assert "--new" in str(failed.exception)
    assert merchant("certificate", "test", "--new").exit_code == 0


def test_set_and_show_print_no_secret(key_file: Path, empty_database_url: str) -> None:
    said = [
        merchant("set", "test", "callbacks.headers={Authorization=Bearer wxyz, X-Shop=uvwx}"),
        merchant("set", "test", "callbacks.key=the key of the shop", "callbacks.attempts=6"),
        merchant("show", "test"),
    ]
    assert [each.exit_code for each in said] == [0, 0, 0]
    shown = "\n".join(each.output for each in said)
    assert "Authorization=•••,X-Shop=•••" in shown
    assert "callbacks.attempts: 3 → 6" in shown
    for secret in ("wxyz", "uvwx", "the key of the shop"):
        assert secret not in shown
    assert "wxyz" in asyncio.run(_stored(empty_database_url))


async def _stored(url: str) -> str:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch("SELECT settings::text FROM merchant_settings")
    finally:
        await connection.close()
    return "\n".join(row["settings"] for row in rows)
