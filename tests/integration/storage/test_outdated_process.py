"""A process that is older than the schema of its database serves no requests and writes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg
import pytest

from altyn import main
from altyn.cli.database import with_pool
from altyn.cli.output import CommandError
from altyn.operations.ports import Overloaded
from altyn.storage import migrate as migrating
from altyn.storage.bounded_pool import schema_problem
from altyn.storage.database import Pool
from altyn.storage.migrate import available, migrate
from tests.asgi_client import AsgiClient
from tests.integration.rest.logbook import Logbook, logbook_kept
from tests.integration.soap.soap_client import ask, status_of
from tests.integration.storage.processes import eventually
from tests.shop import Shop, open_shop, settings_of

LATER: Final = (9999, "9999_later.sql", "ALTER TABLE orders ADD COLUMN later text")
UPGRADED: Final = "The gateway is being upgraded: repeat the request in a moment"
FORM: Final = {
    "userName": "test-api",
    "password": "testPwd1",
    "amount": "1000",
    "returnUrl": "https://shop.example/thanks",
}
LOSE_LISTENERS: Final = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'altyn listener' AND datname = current_database()
"""


@pytest.fixture
def logbook() -> Iterator[Logbook]:
    with logbook_kept() as kept:
        yield kept


@dataclass
class Scene:
    """A running gateway, and the way of a newer version to its database."""

    shop: Shop
    client: AsgiClient
    connection: asyncpg.Connection[asyncpg.Record]

    async def noticed(self) -> bool:
        return schema_problem(self.shop.pool) is not None


@pytest.fixture
async def scene(empty_database_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    async with open_shop(empty_database_url, tmp_path) as shop:
        connection = await asyncpg.connect(empty_database_url)
        yield Scene(shop, AsgiClient(shop.gateway.router), connection)
        await connection.close()


async def migrate_to_newer(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    known = available()
    monkeypatch.setattr(migrating, "available", lambda: [*known, LATER])
    assert await migrate(scene.connection) == [LATER[1]]
    monkeypatch.setattr(migrating, "available", lambda: known)


async def test_requests_get_503_after_a_newer_version_has_migrated_the_database(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, logbook: Logbook
) -> None:
    order_id = await scene.shop.register(1000)
    await migrate_to_newer(scene, monkeypatch)
    await eventually(scene.noticed)
    rest = await scene.client.post("/payment/rest/register.do", FORM)
    assert (rest.status, rest.json()["errorMessage"]) == (503, UPGRADED)
    assert "retry-after" in rest.headers
    soap = await ask(scene.shop.gateway, status_of(order_id))
    assert soap.http.status == 503
    page = await scene.client.get(f"/payment/merchants/test/payment_ru.html?mdOrder={order_id}")
    assert page.status == 503
    problem = f"the database has migration 9999, this process knows {available()[-1][0]}"
    [line] = logbook.of("process_is_outdated")
    assert (line["level"], line["migration"]) == ("error", 9999)
    ready = await scene.client.get("/ready")
    assert (ready.status, ready.json()["status"][: len(problem)]) == (503, problem)
    for path in ("/health", "/metrics"):
        assert (await scene.client.get(path)).status == 200


async def test_nothing_is_written_after_a_newer_version_has_migrated_the_database(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers use the same pool, so an order that expires is left to the newer version."""
    order_id = await scene.shop.register(1000)
    before = await scene.connection.fetchrow("SELECT * FROM orders")
    await migrate_to_newer(scene, monkeypatch)
    await eventually(scene.noticed)
    with pytest.raises(Overloaded, match="newer"):
        await scene.shop.pool.execute("DELETE FROM orders")
    with pytest.raises(Overloaded, match="newer"):
        await scene.shop.gateway.world.orders.load(await scene.shop.key(order_id))
    after = await scene.connection.fetchrow("SELECT * FROM orders")
    assert before is not None
    assert after is not None
    assert after["version"] == before["version"]


async def test_migration_during_a_lost_connection_is_noticed_after_it(scene: Scene) -> None:
    await scene.connection.execute("INSERT INTO schema_migrations VALUES (9999, '9999_later.sql')")
    assert not await scene.noticed(), "no notification was sent"
    await scene.connection.execute(LOSE_LISTENERS)
    await eventually(scene.noticed)


async def test_migration_that_the_process_knows_stops_nothing(scene: Scene) -> None:
    await scene.connection.execute("SELECT pg_notify('altyn_schema', '1')")
    await scene.connection.execute(LOSE_LISTENERS)
    await scene.shop.paid(1000)
    assert not await scene.noticed()


async def test_process_does_not_start_on_a_newer_database(
    empty_database_url: str, tmp_path: Path
) -> None:
    """A server that starts a further process has prepared the database long before."""
    settings = settings_of(empty_database_url, tmp_path)
    await main.prepare(settings)
    connection = await asyncpg.connect(empty_database_url)
    await connection.execute("INSERT INTO schema_migrations VALUES (9999, '9999_later.sql')")
    await connection.close()
    with pytest.raises(Overloaded, match="a newer Altyn has migrated it"):
        async with main.running(settings):
            pass


def test_command_of_an_older_version_writes_nothing(
    empty_database_url: str, tmp_path: Path
) -> None:
    async def migrate_to_9999() -> None:
        connection = await asyncpg.connect(empty_database_url)
        await migrate(connection)
        await connection.execute("INSERT INTO schema_migrations VALUES (9999, '9999_later.sql')")
        await connection.close()

    async def work(_pool: Pool) -> None:
        pytest.fail("the command runs")

    asyncio.run(migrate_to_9999())
    with pytest.raises(CommandError, match="a newer Altyn has migrated it"):
        with_pool(settings_of(empty_database_url, tmp_path), work)
