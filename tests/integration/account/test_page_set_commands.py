"""`altyn pages` on a prepared sandbox: what waits, what is in it, approve, refuse."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from altyn.cli.actors import actor_name
from altyn.cli.output import CommandError
from altyn.inbound.page_sets.check import check_page_set
from altyn.installation_keys import load_keys
from altyn.main.page_sets import page_sets_of
from altyn.operations.account.ports import AccountActor
from altyn.operations.page_sets import PageSetError, PageSetReason
from tests.integration.account.test_commands import altyn, answer, home
from tests.page_sets import PAYMENT, SCRIPTED_SET, packed
from tests.shop import open_shop

__all__ = ["home"]


@pytest.fixture
def waiting(home: Path, own_database_url: str) -> Path:
    """The data folder of a sandbox whose demo shop has a set that waits."""

    async def run() -> None:
        async with open_shop(own_database_url, home) as shop:
            keys = load_keys(shop.gateway.settings)
            sets = page_sets_of(shop.pool, keys, shop.clock)
            number = await shop.pool.fetchval(
                "SELECT merchant_id FROM merchants WHERE login = 'test'"
            )
            actor = AccountActor(name="test-owner", merchant_id=number)
            await sets.upload(check_page_set(packed(SCRIPTED_SET)), actor)

    asyncio.run(run())
    return home


def test_provider_sees_what_waits_and_approves_it(waiting: Path, tmp_path: Path) -> None:
    assert "test 1 · waiting" in altyn("pages", "waiting").output
    (found,) = answer("pages", "waiting")
    assert (found["shop"], found["number"], found["uploadedBy"]) == ("test", 1, "test-owner")
    shown = altyn("pages", "show", "test", "1", "--save", str(tmp_path / "set"))
    line = PAYMENT.count("\n") + 1
    assert f"payment_ru.html:{line}: script: <script>" in shown.output
    saved = (tmp_path / "set" / "payment_ru.html").read_text("utf-8")
    assert saved == SCRIPTED_SET["payment_ru.html"]
    again = altyn("pages", "show", "test", "1", "--save", str(tmp_path / "set"))
    assert isinstance(again.exception, CommandError)

    assert "can make it active" in altyn("pages", "approve", "test", "1").output
    assert "No page set waits" in altyn("pages", "waiting").output
    (listed,) = answer("pages", "list", "test")
    assert (listed["state"], listed["approvedBy"]) == ("ready", actor_name("altyn pages"))
    assert (
        f"{actor_name('altyn pages')},,page set approved,page set 1"
        in altyn("audit", "export", "test").output
    )
    assert altyn("audit", "verify", "test").exit_code == 0


def test_provider_refuses_with_a_reason(waiting: Path) -> None:
    assert altyn("pages", "refuse", "test", "1").exit_code != 0
    for reason in (" ", "a\nb", "x" * 501):
        refused = altyn("pages", "refuse", "test", "1", "--reason", reason)
        assert isinstance(refused.exception, PageSetError | CommandError)
    done = answer(
        "pages", "refuse", "test", "1", "--reason", "page.js is minified: send the source"
    )
    assert (done["state"], done["reason"]) == ("refused", "page.js is minified: send the source")
    late = altyn("pages", "approve", "test", "1")
    assert isinstance(late.exception, PageSetError)
    assert late.exception.reason is PageSetReason.NOT_WAITING


def test_unknown_shop_and_number_are_named(home: Path) -> None:
    assert "test has no page sets" in altyn("pages", "list", "test").output
    unknown = altyn("pages", "show", "test", "7")
    assert isinstance(unknown.exception, PageSetError)
    assert isinstance(altyn("pages", "list", "tset").exception, CommandError)
