"""A gateway whose key file is wrapped by a transit engine asks it at the start only."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from altyn import main
from altyn.domain.key_service import KeyServiceError, KeyServiceSettings
from altyn.installation_keys import KeyFile
from altyn.security.keys import KeyFileError, KeyRing
from altyn.settings import Mode, Settings, SettingsError, load, read
from altyn.storage.card_store import CardStore
from tests.shop import ENROLLED, Shop, open_shop
from tests.transit_server import TransitServer, a_transit_server


def key_service(server: TransitServer, folder: Path) -> KeyServiceSettings:
    return load(server.environment(folder)).key_service


async def pay_with_3ds(shop: Shop) -> int:
    order_id = await shop.register(10_000)
    sent = await shop.pay(order_id, ENROLLED)
    await shop.back_from_acs(order_id, await shop.at_acs(sent))
    return (await shop.see(order_id)).status


async def test_payments_and_a_rotation_do_not_ask_the_key_service(
    own_database_url: str, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with a_transit_server() as server:
        service = key_service(server, tmp_path)
        async with open_shop(own_database_url, home, key_service=service) as shop:
            asked = len(server.requests)
            assert asked <= 4, server.requests
            server.locked = True
            assert await pay_with_3ds(shop) == 2
            cards = shop.gateway.world.card.vault
            assert isinstance(cards, CardStore)
            await cards.rewrap_all()
            assert len(server.requests) == asked
        assert "vault:v1:" in (home / "keys.json").read_text()


async def test_gateway_reads_a_file_that_was_wrapped_again_and_pays_without_the_service(
    own_database_url: str, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with a_transit_server() as server:
        settings = read(server.environment(tmp_path, ALTYN_HOME=str(home)))
        async with open_shop(own_database_url, home, key_service=settings.key_service) as shop:
            cards = shop.gateway.world.card.vault
            assert isinstance(cards, CardStore)
            server.rotate("altyn")
            file = KeyFile.of(settings)
            assert file.service is not None
            KeyRing.wrap(file.path, file.service)
            rotated = KeyRing.rotate(file.path, file.service)
            server.locked = True
            await cards.rewrap_all()
            assert await pay_with_3ds(shop) == 2
            assert set(await cards.count_by_key()) != {rotated.active}, "with the keys it has"
            server.locked = False
            await cards.rewrap_all()
            assert set(await cards.count_by_key()) == {rotated.active}


async def test_locked_service_stops_the_start_with_a_text(
    own_database_url: str, tmp_path: Path
) -> None:
    with a_transit_server() as server:
        service = key_service(server, tmp_path)
        server.locked = True
        with pytest.raises(KeyServiceError, match="Unseal it"):
            async with open_shop(own_database_url, tmp_path / "home", key_service=service):
                pass


def production(path: Path, **changes: Any) -> Settings:
    """Settings of production; the keys are checked before the database is asked."""
    return Settings(
        mode=Mode.PRODUCTION,
        database_url="postgresql://altyn@127.0.0.1:1/none",
        key_file=path,
        **changes,
    )


async def test_production_refuses_the_keys_of_a_sandbox(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    KeyRing.create(path, sandbox=True)
    with pytest.raises(SettingsError, match=r"made for a sandbox.*altyn keys create FILE"):
        await main.prepare(production(path))


async def test_production_refuses_the_wrapped_keys_of_a_sandbox(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    with a_transit_server() as server:
        service = key_service(server, tmp_path)
        settings = production(path, key_service=service)
        KeyFile.of(settings).create()
        with pytest.raises(SettingsError, match=r"made for a sandbox"):
            await main.prepare(settings)


async def test_production_refuses_an_absent_a_short_and_a_readable_key_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    with pytest.raises(KeyFileError, match=r"missing.*altyn keys create"):
        await main.prepare(production(path))
    assert not path.exists(), "production creates no keys"
    ring = KeyRing.create(path, sandbox=False)
    path.chmod(0o644)
    with pytest.raises(KeyFileError, match=r"other users.*mode 0644.*chmod 600"):
        await main.prepare(production(path))
    path.chmod(0o600)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(KeyFileError, match=r"malformed.*Restore the file from a backup"):
        await main.prepare(production(path))
    long, short = (base64.b64encode(key).decode() for key in (ring.root, ring.root[:16]))
    path.write_text(content.decode().replace(long, short))
    with pytest.raises(KeyFileError, match="a key does not have 32 bytes"):
        await main.prepare(production(path))
