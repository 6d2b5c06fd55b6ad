"""`altyn users`, `altyn audit`, and one-time passwords of the API, on a prepared sandbox."""

from __future__ import annotations

import asyncio
import csv
import json
import re
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from altyn import main
from altyn.cli.actors import actor_name
from altyn.cli.app import app
from altyn.cli.output import CommandError
from altyn.operations.account.errors import AccountError, Reason
from tests.asgi_client import AsgiClient
from tests.shop import open_shop, settings_of

REGISTER = "/payment/rest/register.do"


@pytest.fixture
def home(own_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of a prepared sandbox; the environment names it to the commands."""
    asyncio.run(main.prepare(settings_of(own_database_url, tmp_path)))
    monkeypatch.setenv("ALTYN_HOME", str(tmp_path))
    monkeypatch.setenv("ALTYN_DATABASE_URL", own_database_url)
    return tmp_path


def altyn(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def answer(*words: str) -> Any:
    """The JSON that a command prints on success."""
    done = altyn(*words, "--json")
    assert done.exit_code == 0, done.exception
    return json.loads(done.output)


def execute(database_url: str, sql: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(database_url)
        await connection.execute(sql)
        await connection.close()

    asyncio.run(run())


def register(database_url: str, home: Path, **credentials: str) -> Any:
    """The answer of register.do to these credentials."""

    async def run() -> Any:
        async with open_shop(database_url, home) as shop:
            form = {"amount": "100", "returnUrl": "https://shop.example/", "orderNumber": "1"}
            client = AsgiClient(shop.gateway.router)
            return (await client.post(REGISTER, {**form, **credentials})).json()

    return asyncio.run(run())


def test_users_are_added_changed_and_blocked(home: Path) -> None:
    assert [each["login"] for each in answer("users", "list", "test")] == [
        "test-operator",
        "test-owner",
    ]
    added = answer("users", "add", "test", "test-anna", "--role", "accountant")
    assert added["mustChangePassword"] is True
    assert len(added["password"]) >= 8
    changed = answer("users", "role", "test-anna", "operator", "+settings", "-refund")
    assert changed["role"] == "operator"
    assert "settings" in changed["rights"]
    assert "refund" not in changed["rights"]
    assert answer("users", "block", "test-anna") == {"login": "test-anna", "blocked": True}
    assert answer("users", "list", "test")[0]["blocked"] is True
    assert answer("users", "unblock", "test-anna")["blocked"] is False
    reset = answer("users", "reset-password", "test-operator", "--without-codes")
    assert reset["password"] != added["password"]
    shown = altyn("users", "list", "test").output
    assert "test-operator · operator · one-time password" in shown
    assert reset["password"] not in shown


def test_commands_explain_what_is_wrong(home: Path) -> None:
    for words, text in (
        (("list", "tets"), "Did you mean test?"),
        (("block", "test-operater"), "Did you mean test-operator?"),
        (("role", "test-operator", "boss"), "The roles: owner, operator"),
        (("role", "test-operator", "+everything"), "The rights: orders, export"),
        (("role", "test-operator", "+api", "-api"), "both switched on and off"),
        (("role", "test-operator", "owner", "support"), "a user has one role"),
    ):
        failed = altyn("users", *words)
        assert isinstance(failed.exception, CommandError)
        assert text in str(failed.exception)
    taken = altyn("users", "add", "test", "test-api")
    assert isinstance(taken.exception, AccountError)
    assert taken.exception.reason is Reason.LOGIN_TAKEN


def test_rights_are_shown_as_a_table() -> None:
    lines = altyn("users", "rights").output.splitlines()
    assert lines[0].split() == ["owner", "operator", "accountant", "support"]
    assert ["refund", "yes", "on", "off", "–"] in [line.split() for line in lines]


def test_log_is_verified_and_exported(home: Path, own_database_url: str) -> None:
    altyn("merchant", "set", "test", "hold_days=3")
    altyn("users", "block", "test-operator")
    [checked] = answer("audit", "verify", "test")
    assert checked["fault"] is None
    exported = [
        json.loads(line) for line in altyn("audit", "export", "test", "--json").output.splitlines()
    ]
    assert len(exported) == checked["entries"]
    assert [(each["actor"], each["action"], each["detail"]) for each in exported[-2:]] == [
        (actor_name("altyn merchant"), "settings changed", "hold_days"),
        (actor_name("altyn users"), "user blocked", ""),
    ]
    table = list(csv.DictReader(altyn("audit", "export", "test").output.splitlines()))
    assert [{**each, "number": int(each["number"])} for each in table] == exported
    newest = checked["newest"]
    assert newest == f"{exported[-1]['number']}:{exported[-1]['hash']}"
    altyn("users", "unblock", "test-operator")
    assert altyn("audit", "verify", "test", "--earlier", newest).exit_code == 0
    assert "as written" in altyn("audit", "verify").output
    gone = altyn("audit", "verify", "test", "--earlier", newest.replace(newest[-4:], "0000"))
    assert (gone.exit_code, "is gone" in gone.output) == (1, True)
    execute(own_database_url, "UPDATE audit_log SET actor = 'x' WHERE number = 3")
    altered = altyn("audit", "verify", "test")
    assert (altered.exit_code, "entry 3 or its hash was altered" in altered.output) == (1, True)


def test_passkeys_of_a_lost_device_are_shown_and_removed(home: Path, own_database_url: str) -> None:
    execute(
        own_database_url,
        "INSERT INTO account_passkeys (merchant_id, credential_id, login, user_handle, rp_id,"
        " public_key, sign_count, name, added_at)"
        " SELECT merchant_id, name::bytea, login, '1.x', 'localhost', '', 0, name,"
        " '2026-11-27 10:00+00'"
        " FROM account_users, unnest(ARRAY['Laptop', 'Phone', 'Watch']) AS name"
        " WHERE login = 'test-owner'",
    )
    shown = altyn("users", "passkeys", "test-owner").output
    assert "Phone · added 2026-11-27 10:00 UTC · unused · localhost" in shown
    wrong = altyn("users", "passkeys", "test-owner", "--remove", "Phome")
    assert isinstance(wrong.exception, CommandError)
    assert "Did you mean Phone?" in str(wrong.exception)
    wrong = altyn("users", "passkeys", "test-owner", "--remove", "x")
    assert "Its passkeys: Laptop, Phone, Watch." in str(wrong.exception)
    removed = answer("users", "passkeys", "test-owner", "--remove", "Phone")
    assert removed["removed"] == ["Phone"]
    assert [each["name"] for each in removed["passkeys"]] == ["Laptop", "Watch"]
    both = altyn("users", "passkeys", "test-owner", "--remove", "Laptop", "--remove-all")
    assert isinstance(both.exception, CommandError)
    assert "no passkeys any more" in altyn("users", "passkeys", "test-owner", "--remove-all").output
    assert altyn("users", "passkeys", "test-owner").output == "test-owner has no passkeys.\n"
    exported = altyn("audit", "export", "test").output
    removed = re.findall(r"altyn users \([^)]+\),,passkey removed,test-owner", exported)
    assert len(removed) == 3


def test_nothing_secret_is_in_the_log(home: Path) -> None:
    altyn("merchant", "set", "test", "callbacks.key=a-secret-key")
    added = answer("users", "add", "test", "test-anna")
    password = answer("merchant", "password", "test-api", "--generate")["password"]
    token = answer("merchant", "token", "test-api")["token"]
    exported = altyn("audit", "export", "test").output
    assert "callbacks.key" in exported
    assert "token added" in exported
    for secret in ("a-secret-key", added["password"], password, token):
        assert secret not in exported


def test_secret_settings_are_removed_by_an_empty_value(home: Path) -> None:
    altyn("merchant", "set", "test", "callbacks.key=a-secret-key", "fiscal.password=s3cret")
    removed = altyn("merchant", "set", "test", "callbacks.key=", "fiscal.password=")
    assert removed.exit_code == 0
    settings = answer("merchant", "show", "test")["settings"]
    assert not settings["callbacks.key"]
    assert not settings["fiscal.password"]
    newest = altyn("audit", "export", "test").output.splitlines()[-1]
    assert "callbacks.key (removed, default), fiscal.password (removed, default)" in newest


def test_one_time_password_of_the_api_answers_5_until_it_is_changed(
    home: Path, own_database_url: str
) -> None:
    password = answer("merchant", "password", "test-api", "--generate", "--one-time")["password"]
    refused = register(own_database_url, home, userName="test-api", password=password)
    assert refused == {
        "errorCode": "5",
        "errorMessage": "Пользователь должен сменить свой пароль",
    }
    changed = answer("merchant", "password", "test-api", "--generate")["password"]
    assert "orderId" in register(own_database_url, home, userName="test-api", password=changed)
    added = answer("merchant", "add", "books", "Books", "--one-time")
    refused = register(own_database_url, home, userName="books-api", password=added["password"])
    assert refused["errorCode"] == "5"
