"""Commands in the audit log, and the undo of API credentials at the command line."""

from __future__ import annotations

import asyncio
import getpass
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from altyn import main
from altyn.cli.app import app
from altyn.cli.output import CommandError
from tests.integration.account.family import add_callback_address
from tests.shop import Shop, open_shop, settings_of

MERCHANT: Final = f"altyn merchant ({getpass.getuser()})"


@pytest.fixture
def home(empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of a prepared sandbox; the environment names it to the commands."""
    asyncio.run(main.prepare(settings_of(empty_database_url, tmp_path)))
    monkeypatch.setenv("ALTYN_HOME", str(tmp_path))
    monkeypatch.setenv("ALTYN_DATABASE_URL", empty_database_url)
    return tmp_path


def altyn(*words: str) -> Result:
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 0, done.exception
    return done


def refused(*words: str) -> str:
    """Why a command is refused."""
    done = CliRunner().invoke(app, list(words))
    assert isinstance(done.exception, CommandError)
    return str(done.exception)


def newest_entry(shop: str = "test") -> tuple[str, str, str, str]:
    """Actor, action, subject and detail of the newest entry of a shop."""
    lines = altyn("audit", "export", shop, "--json").output.splitlines()
    entry = json.loads(lines[-1])
    return entry["actor"], entry["action"], entry["subject"], entry["detail"]


def execute(database_url: str, sql: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(database_url)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    asyncio.run(run())


def with_shop(database_url: str, home: Path, work: Any) -> Any:
    """Run a coroutine function with a running gateway; its result."""

    async def run() -> Any:
        async with open_shop(database_url, home) as shop:
            return await work(shop)

    return asyncio.run(run())


def accepted(database_url: str, home: Path, **credentials: str) -> bool:
    """Whether the API accepts credentials."""

    async def work(shop: Shop) -> bool:
        answer = await shop.call("register.do", amount=1, **credentials)
        return bool(answer["errorMessage"] != "Доступ запрещён")

    return bool(with_shop(database_url, home, work))


@pytest.mark.parametrize(
    ("words", "entry"),
    [
        ("merchant set test hold_days=3", ("settings changed", "version 2", "hold_days")),
        ("merchant block test", ("merchant blocked", "test", "")),
        ("merchant password test-api --generate", ("password reset", "test-api", "")),
        ("merchant token test-api", ("token added", "test-api", "")),
        ("merchant token test-api --replace", ("token changed", "test-api", "")),
    ],
)
def test_command_names_its_user_in_the_audit_log(
    home: Path, words: str, entry: tuple[str, str, str]
) -> None:
    altyn(*words.split())
    assert newest_entry() == (MERCHANT, *entry)


def test_new_certificate_is_in_the_audit_log(home: Path) -> None:
    alias = altyn("merchant", "certificate", "test", "--new").output.split()[1]
    assert newest_entry() == (MERCHANT, "certificate created", alias, "")
    altyn("merchant", "certificate", "test")
    assert newest_entry()[2] == alias
    assert json.loads(altyn("audit", "verify", "test", "--json").output)[0]["fault"] is None


def test_new_user_of_the_account_is_in_the_audit_log(home: Path) -> None:
    altyn("users", "add", "test", "test-anna")
    actor = f"altyn users ({getpass.getuser()})"
    assert newest_entry() == (actor, "user added", "test-anna", "operator")


def test_callbacks_that_are_sent_again_are_in_the_audit_log(
    home: Path, empty_database_url: str
) -> None:
    async def work(shop: Shop) -> str:
        await add_callback_address(shop, "test")
        order = await shop.paid(1_000)
        row = await shop.pool.fetchrow(
            "SELECT version, line FROM outbox WHERE subject_id = $1 AND kind = 'callback'",
            UUID(order),
        )
        assert row is not None
        return f"{order}.{row['version']}.{row['line']}"

    callback = with_shop(empty_database_url, home, work)
    execute(empty_database_url, "UPDATE outbox SET lease_until = '-infinity'")
    actor = f"altyn callbacks ({getpass.getuser()})"
    altyn("callbacks", "resend", callback)
    assert newest_entry() == (actor, "callback sent again", callback, "")
    altyn("callbacks", "resend", callback, "--to", "http://127.0.0.1:8/other?token=secret")
    assert newest_entry()[3] == "to http://127.0.0.1:8"
    execute(empty_database_url, "UPDATE outbox SET state = 'dead', settled_at = created_at")
    altyn("callbacks", "resend", "--dead", "--merchant", "test")
    assert newest_entry()[2].endswith(" dead")


def test_password_is_restored_within_five_minutes(home: Path, empty_database_url: str) -> None:
    before = datetime.now(UTC)
    changed = json.loads(altyn("merchant", "password", "test-api", "--generate", "--json").output)
    until = datetime.fromisoformat(changed["restorableUntil"])
    assert until >= (before + timedelta(minutes=5)).replace(microsecond=0)
    assert accepted(empty_database_url, home, password=changed["password"])
    done = altyn("merchant", "restore-password", "test-api").output
    assert "in force again" in done
    assert newest_entry() == (MERCHANT, "API password restored", "test-api", "")
    assert accepted(empty_database_url, home)
    assert not accepted(empty_database_url, home, password=changed["password"])
    assert "nothing to restore" in refused("merchant", "restore-password", "test-api")


def test_password_is_not_restored_after_five_minutes(home: Path, empty_database_url: str) -> None:
    shown = altyn("merchant", "password", "test-api", "--generate").output
    assert "`altyn merchant restore-password test-api`" in " ".join(shown.split())
    execute(
        empty_database_url,
        "UPDATE api_users SET password_changed_at = password_changed_at - interval '5 minutes'",
    )
    text = refused("merchant", "restore-password", "test-api")
    assert "five minutes have passed" in text
    assert "(Moscow)" in text


def test_one_time_password_and_that_of_the_account_are_not_restored(
    home: Path, empty_database_url: str
) -> None:
    execute(empty_database_url, "UPDATE api_users SET must_change_password = true")
    for user in ("test-api", "test-owner"):
        shown = altyn("merchant", "password", user, "--generate").output
        assert "restore-password" not in shown
    assert "one-time password" in refused("merchant", "restore-password", "test-api")
    assert "No API user" in refused("merchant", "restore-password", "test-owner")
    assert "Did you mean test-api?" in refused("merchant", "restore-password", "test-apl")


def test_tokens_are_replaced_and_restored(home: Path, empty_database_url: str) -> None:
    token = {"userName": "", "password": ""}
    assert accepted(empty_database_url, home, **token, token="test-token")
    replaced = json.loads(altyn("merchant", "token", "test-api", "--replace", "--json").output)
    assert "restorableUntil" in replaced
    assert not accepted(empty_database_url, home, **token, token="test-token")
    assert accepted(empty_database_url, home, **token, token=replaced["token"])
    altyn("merchant", "restore-token", "test-api")
    assert newest_entry() == (MERCHANT, "token restored", "test-api", "")
    assert accepted(empty_database_url, home, **token, token="test-token")
    assert not accepted(empty_database_url, home, **token, token=replaced["token"])
    assert "nothing to restore" in refused("merchant", "restore-token", "test-api")


def test_first_token_of_a_user_has_nothing_to_restore(home: Path) -> None:
    altyn("merchant", "add", "books", "Books")
    shown = altyn("merchant", "token", "books-api", "--replace").output
    assert "restore-token" not in shown
