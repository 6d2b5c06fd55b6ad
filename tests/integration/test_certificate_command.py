"""`altyn merchant certificate`: the certificate of a shop; no secret is printed."""

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
from altyn.operations.staff.errors import StaffError
from altyn.security.keys import KeyRing
from altyn.storage.signing_keys import SigningKeyError
from tests.shop import settings_of


@pytest.fixture
def key_file(own_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The key file of a prepared sandbox; the environment names it to the commands."""
    settings = settings_of(own_database_url, tmp_path)
    asyncio.run(main.prepare(settings))
    monkeypatch.setenv("ALTYN_HOME", str(tmp_path))
    monkeypatch.setenv("ALTYN_DATABASE_URL", own_database_url)
    return settings.keys


def merchant(*words: str) -> Result:
    """Run `altyn merchant …`."""
    return CliRunner().invoke(app, ["merchant", *words])


def alias(output: str) -> str:
    return output.split()[1]


def test_certificate_is_created_and_renewed(key_file: Path) -> None:
    none = merchant("certificate", "test")
    assert isinstance(none.exception, CommandError)
    assert "altyn merchant certificate test --new" in str(none.exception)

    first = merchant("certificate", "test", "--new").output
    assert alias(first).startswith("altyn-test-")
    assert "altyn merchant set test callbacks.checksum=asymmetric" in first
    x509.load_pem_x509_certificate(first.encode())  # with the lines printed before it
    assert merchant("certificate", "test-api").output == first

    second = merchant("certificate", "test", "--new").output
    assert alias(second).endswith("-2")
    assert merchant("certificate", "test").output == second


def test_hint_to_switch_signing_on_is_left_out_once_it_is_on(key_file: Path) -> None:
    merchant("set", "test", "callbacks.checksum=asymmetric")
    output = merchant("certificate", "test", "--new").output
    assert "callbacks of test are signed with it" in output
    assert "altyn merchant set" not in output
    assert "PRIVATE" not in output


def test_setting_and_certificate_agree_on_what_exists(key_file: Path) -> None:
    merchant("set", "test", "callbacks.urls=http://127.0.0.1:9090/cb")
    without = merchant("set", "test", "callbacks.checksum=asymmetric").output
    assert "wait until the shop has a certificate" in without
    assert "altyn merchant certificate test --new" in " ".join(without.split())

    created = alias(merchant("certificate", "test", "--new").output)
    with_certificate = merchant("set", "test", "callbacks.checksum=asymmetric").output
    assert "certificate" not in with_certificate
    assert created in merchant("show", "test").output


def test_new_shop_is_warned_of_incomplete_settings_too(key_file: Path) -> None:
    added = merchant(
        *("add", "books", "Books", "callbacks.urls=http://127.0.0.1:9090/cb"),
        "callbacks.checksum=asymmetric",
    )

    assert added.exit_code == 0, added.output
    assert "altyn merchant certificate books --new" in added.output


def test_name_with_control_characters_is_refused(key_file: Path) -> None:
    refused = merchant("add", "books", "Bo\x9b2Joks")

    assert isinstance(refused.exception, StaffError)
    assert "control characters" in str(refused.exception)


def test_error_with_another_key_file_names_the_remedy(key_file: Path) -> None:
    merchant("certificate", "test", "--new")
    key_file.unlink()
    KeyRing.create(key_file)
    failed = merchant("certificate", "test")
    assert isinstance(failed.exception, SigningKeyError)
    assert "--new" in str(failed.exception)
    assert merchant("certificate", "test", "--new").exit_code == 0


def test_set_and_show_mask_secrets(key_file: Path, own_database_url: str) -> None:
    results = [
        merchant("set", "test", "callbacks.headers={Authorization=Bearer wxyz, X-Shop=uvwx}"),
        merchant("set", "test", "callbacks.key=the key of the shop", "callbacks.attempts=6"),
        merchant("show", "test"),
    ]
    assert [result.exit_code for result in results] == [0, 0, 0]
    output = "\n".join(result.output for result in results)
    assert "Authorization=•••,X-Shop=•••" in output
    assert "callbacks.attempts: 3 → 6" in output
    for secret in ("wxyz", "uvwx", "the key of the shop"):
        assert secret not in output
    assert "wxyz" in asyncio.run(_stored(own_database_url))


async def _stored(url: str) -> str:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch("SELECT settings::text FROM merchant_settings")
    finally:
        await connection.close()
    return "\n".join(row["settings"] for row in rows)
