"""What callbacks are checked by, found in the database: a shop's key, its certificates, others'."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from typer.testing import CliRunner, Result

from altyn import main
from altyn.cli.app import app
from altyn.cli.callbacks.proofs import find_proofs
from altyn.cli.database import with_pool
from altyn.cli.environment import read_settings
from altyn.cli.output import CommandError
from altyn.diagnostics.received_callback import Received, read_received
from altyn.protocol.dialects.classic.callbacks.checksum import asymmetric, canonical, symmetric
from altyn.security.keys import KeyRing
from altyn.storage.signing_keys import SIGNING_KEY_PURPOSE, SigningKey, SigningKeys
from tests.shop import settings_of

if TYPE_CHECKING:
    from altyn.storage.database import Pool

SENT = {"mdOrder": "5f0c", "orderNumber": "1", "operation": "deposited", "status": "1"}
SIGNED = canonical(SENT)


@pytest.fixture(autouse=True)
def sandbox(empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A prepared sandbox, which the commands find by the environment."""
    asyncio.run(main.prepare(settings_of(empty_database_url, tmp_path)))
    monkeypatch.setenv("ALTYN_HOME", str(tmp_path))
    monkeypatch.setenv("ALTYN_DATABASE_URL", empty_database_url)


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


def test_the_keys_are_the_shops_own_and_those_of_others_are_told_apart() -> None:
    altyn("merchant", "set", "test", "callbacks.key=key of the shop")
    altyn("merchant", "set", "test-child", "callbacks.key=key of the child")
    own = received(checksum=symmetric("key of the shop", SIGNED))
    childs = received(checksum=symmetric("key of the child", SIGNED))

    for shop in (None, "test", "test-api"):
        proofs = find_proofs(shop, None, None)
        assert proofs.whose == "of test"
        assert proofs.judge(own).right
        assert "the key of test-child" in proofs.judge(childs).mistakes[0].happened
    assert find_proofs("test-child", None, None).judge(childs).right


def test_every_certificate_of_the_shop_is_found_by_its_alias() -> None:
    altyn("merchant", "certificate", "test", "--new")
    older = signing_key()
    altyn("merchant", "certificate", "test", "--new")
    newer = signing_key()

    proofs = find_proofs(None, None, None)

    assert list(proofs.certificates) == [newer.alias, older.alias]
    for key in (older, newer):
        checksum = asymmetric(key.private_key, SIGNED)
        assert proofs.judge(received(sign_alias=key.alias, checksum=checksum)).right
    assert proofs.judge(received(checksum=symmetric(proofs.key or "", SIGNED))).right


def test_a_shop_that_is_not_there_or_has_nothing_is_told() -> None:
    with pytest.raises(CommandError, match="There is no shop nobody"):
        find_proofs("nobody", None, None)
    altyn("merchant", "add", "bare", "A bare shop", "--password", "password1")
    with pytest.raises(CommandError, match="neither a key nor a certificate"):
        find_proofs("bare", None, None)
