"""The keys that check callbacks, from the database: a shop's, its certificates, other shops'."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from typer.testing import CliRunner, Result

from altyn import main
from altyn.cli.app import app
from altyn.cli.callbacks.verification_keys import find_keys
from altyn.cli.database import with_pool
from altyn.cli.environment import read_settings
from altyn.cli.output import CommandError
from altyn.diagnostics.received_callback import Received, read_received
from altyn.protocol.dialects.classic.callbacks.checksum import asymmetric, canonical, symmetric
from altyn.security.keys import KeyRing
from altyn.security.signing_keys import SIGNING_KEY_PURPOSE
from altyn.storage.signing_keys import SigningKey, SigningKeys
from tests.shop import settings_of

if TYPE_CHECKING:
    from altyn.storage.database import Pool

SENT = {"mdOrder": "5f0c", "orderNumber": "1", "operation": "deposited", "status": "1"}
SIGNED = canonical(SENT)


@pytest.fixture(autouse=True)
def sandbox(own_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A prepared sandbox, which the commands find by the environment."""
    asyncio.run(main.prepare(settings_of(own_database_url, tmp_path)))
    monkeypatch.setenv("ALTYN_HOME", str(tmp_path))
    monkeypatch.setenv("ALTYN_DATABASE_URL", own_database_url)


def altyn(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def received(**more: str) -> Received:
    return read_received(urlencode({**SENT, **more}))


def signing_key() -> SigningKey:
    """The pair that signs for the demo shop now."""
    settings = read_settings()
    key = KeyRing.load(settings.keys).derive(SIGNING_KEY_PURPOSE)

    async def work(pool: Pool) -> SigningKey | None:
        return await SigningKeys(pool, None, key).current(1)

    found = with_pool(settings, work)
    assert found is not None
    return found


def test_keys_of_other_shops_are_distinguished() -> None:
    altyn("merchant", "set", "test", "callbacks.key=key of the shop")
    altyn("merchant", "set", "test-child", "callbacks.key=key of the child")
    own = received(checksum=symmetric("key of the shop", SIGNED))
    childs = received(checksum=symmetric("key of the child", SIGNED))

    for shop in (None, "test", "test-api"):
        keys = find_keys(shop, None, None)
        assert keys.owner == "of test"
        assert keys.check(own).right
        assert "the key of test-child" in keys.check(childs).mistakes[0].happened
    assert find_keys("test-child", None, None).check(childs).right


def test_every_certificate_of_the_shop_is_found_by_its_alias() -> None:
    altyn("merchant", "certificate", "test", "--new")
    older = signing_key()
    altyn("merchant", "certificate", "test", "--new")
    newer = signing_key()

    keys = find_keys(None, None, None)

    assert list(keys.certificates) == [newer.alias, older.alias]
    for key in (older, newer):
        checksum = asymmetric(key.private_key, SIGNED)
        assert keys.check(received(sign_alias=key.alias, checksum=checksum)).right
    assert keys.check(received(checksum=symmetric(keys.key or "", SIGNED))).right


def test_unknown_shop_and_shop_without_keys_are_refused() -> None:
    with pytest.raises(CommandError, match="There is no shop nobody"):
        find_keys("nobody", None, None)
    altyn("merchant", "add", "bare", "A bare shop", "--password", "password1")
    with pytest.raises(CommandError, match="neither a key nor a certificate"):
        find_keys("bare", None, None)
