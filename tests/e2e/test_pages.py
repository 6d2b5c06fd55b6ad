"""The commands of every page of the docs are run as they are printed."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import asyncpg
import pytest

from altyn.embedded_postgres import EmbeddedPostgres
from tests.e2e.command import Gateway, serving
from tests.e2e.page_commands import ROOT, SERVES, commands_of, run_commands, run_page

HOW_TO: Final = ROOT / "docs" / "how-to"
OWN_DATABASE: Final = "tea_house"
FAILED_CALL: Final = re.compile(r'"errorCode" ?: ?"?[1-9][^,}]*')
LOGO: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
# What the commands of a page must print, besides ending without a failure.
PRINTED: Final = {
    "docs/how-to/personal-account.md": ("test-anna", "refund"),
    "docs/how-to/own-page-template.md": ("No page set waits", "test has no page sets"),
    "docs/how-to/why-was-my-request-refused.md": ("amount", "colour"),
    "docs/how-to/card-testing.md": ("(action code 913)", "(action code -2002)"),
    "docs/how-to/shop-on-the-payment-page.md": ("page_holder: off → optional", "page_logo"),
    "docs/how-to/callbacks-in-a-cms.md": (
        '"callbacks_enabled"',
        "callbacks.enabled",
        "BEGIN CERTIFICATE",
        "callbacks.checksum: symmetric → asymmetric",
    ),
    "docs/how-to/callbacks.md": ("Listening at", "dead", "is sent again", '"state":"delivered"'),
    "docs/how-to/pay-in-tests.md": ("types 12345678", "Paid: 1500.00 RUB."),
    "docs/how-to/check-a-callback.md": ("Listening at", "semicolon at the very end"),
    "docs/how-to/test-declines-and-3ds.md": (
        "(action code 116)",
        "(action code -2006)",
        "left the bank's page",
        "tds_version: 1 → 2",
    ),
    "docs/how-to/mails.md": ("payer_email_notify", "anna@example.org"),
    "docs/how-to/receipts.md": (
        '"receiptStatus":0',
        '"receiptStatus":1',
        '"receiptStatus":4',
        '"receiptType":"close"',
        "closing 300.04\u00a0₽  delivered",
        "fiscal.answer_version: 5 → 4",
    ),
    "docs/how-to/simulated-phone.md": (
        "waits",
        "Confirmed; the bank has moved the money.",
        '"result":"approved"',
    ),
    "docs/how-to/offline-shop.md": (
        "Listening at",
        '"messagesLeft":5',
        '"result":"PAID"',
        '"paymentWay":"BNPL"',
        "\N{FULL BLOCK}",
        "QR code written to link.svg.",
        "The link goes to anna@example.org by e-mail.",
        "Held: 10000.00 RUB.",
        "refunded   2\u202f500.00\u00a0₽",
    ),
    "docs/how-to/test-time.md": ("forward by 7 d", "real time again", '"errorCode":"7"'),
    "docs/how-to/sberpay-without-a-page.md": (
        "Confirmed; the bank has moved the money.",
        '"paymentWay":"SBRF_SBOL"',
        '"sbolDeepLink"',
    ),
    "docs/how-to/two-stage-payment.md": ("Held: 1500.00 RUB.", '"errorCode":"0"'),
    "docs/quickstart.md": (
        "Declined (action code 116). Attempts left: 2.",
        "reversal approved  (by timer)",
        "x-altyn-rule: amount: not a whole number",
    ),
}
# Calls that their page prints in order to have them refused.
REFUSED: Final = {
    "docs/how-to/test-time.md": ['"errorCode":"7"'],
    "docs/how-to/why-was-my-request-refused.md": ['"errorCode":"5"', '"errorCode": "5"'],
    "docs/quickstart.md": ['"errorCode":"5"'],
}
# Pages whose commands another test runs, because they need more than a sandbox gateway.
ELSEWHERE: Final = {
    "README.md": "test_readme.py",
    "docs/how-to/carts.md": "test_carts_page.py",
    "docs/how-to/first-shop-in-python.md": "test_first_shop.py",
    "docs/how-to/own-postgresql.md": "test_pages.py",
    "docs/how-to/pay-from-your-server.md": "test_server_example.py",
    "docs/how-to/run-in-production.md": "test_run_in_production.py",
    "docs/how-to/soap.md": "test_soap_clients.py",
}


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    with serving(tmp_path / "home") as running:
        yield running


@pytest.mark.slow
@pytest.mark.parametrize("name", PRINTED)
def test_commands_of_the_page_run_as_printed(gateway: Gateway, tmp_path: Path, name: str) -> None:
    (tmp_path / "logo.png").write_bytes(LOGO)

    done = run_page(ROOT / name, gateway, tmp_path)

    assert done.code == 0, done.err + done.out
    assert FAILED_CALL.findall(done.out) == REFUSED.get(name, [])
    missing = [part for part in PRINTED[name] if part not in done.out]
    assert not missing, done.out


@pytest.mark.slow
async def test_commands_of_the_page_about_postgresql_prepare_its_database(tmp_path: Path) -> None:
    page = HOW_TO / "own-postgresql.md"
    commands = SERVES.sub("", commands_of(page))
    with EmbeddedPostgres(tmp_path / "postgres") as server:
        connection = await asyncpg.connect(server.url)
        (sql,) = re.findall(
            r"^```sql\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL
        )
        # The server of the test has a database altyn already.
        for statement in sql.replace("altyn", OWN_DATABASE).splitlines():
            await connection.execute(statement)
        await connection.close()

        done = run_commands(at(server.url, commands), tmp_path / "home", tmp_path)
        again = run_commands(at(server.url, commands) + "altyn migrate\n", tmp_path, tmp_path)

    assert (done.code, again.code) == (0, 0), done.err + again.err
    assert "no migration was missing" in again.out


def at(server: str, commands: str) -> str:
    """The commands with the address of a server, instead of the hosts that the page prints."""
    user = server.replace("altyn@/altyn?", f"{OWN_DATABASE}:…@/{OWN_DATABASE}?")
    assert user != server
    attributes = "&target_session_attrs=read-write"
    first, several = re.findall(r"(?m)^export ALTYN_DATABASE_URL=.*$", commands)
    assert several.endswith("sslmode=verify-full&target_session_attrs=read-write'")
    commands = commands.replace(first, f"export ALTYN_DATABASE_URL='{user}'")
    return commands.replace(several, f"export ALTYN_DATABASE_URL='{user}{attributes}'")


@pytest.mark.parametrize("wrong", ["false", "altyn crads", "ORDER=$(altyn order shwo X)"])
def test_wrong_command_of_a_page_ends_the_run(tmp_path: Path, wrong: str) -> None:
    done = run_commands(f"echo before\n{wrong}\necho after\n", tmp_path / "home", tmp_path)

    assert (done.code, done.out) == (1, "before\n")
    assert "failed with exit code" in done.err


def test_every_page_with_commands_is_run() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    with_commands = {str(page.relative_to(ROOT)) for page in pages if commands_of(page)}
    assert with_commands == PRINTED.keys() | ELSEWHERE.keys()
    for name, test in ELSEWHERE.items():
        assert Path(name).name in (Path(__file__).parent / test).read_text("utf-8")


def test_every_block_of_a_page_has_a_kind() -> None:
    """So no command escapes the tests because its block is not marked as commands."""
    pages = [ROOT / "README.md", ROOT / "docs" / "quickstart.md", *HOW_TO.glob("*.md")]
    without = {
        f"{page.name}: {block}"
        for page in pages
        for fence, block in re.findall(
            r"^```(\w*)\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL
        )
        if not fence or (fence == "text" and block.startswith(("altyn ", "curl ")))
    }
    assert not without
