"""Processes that are older than the schema of their database.

They go on with a migration that only adds. One that is marked as one that they cannot go on with
stops them: they serve no requests and write nothing.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg
import pytest

from altyn import main
from altyn.cli.database import with_pool
from altyn.cli.output import CommandError
from altyn.cli.server.migrations import migrate as migrate_command
from altyn.operations.ports import Overloaded
from altyn.storage import migrate as migrating
from altyn.storage.bounded_pool import schema_problem
from altyn.storage.database import Pool
from altyn.storage.migrate import Migration, available, migrate
from tests.asgi_client import AsgiClient
from tests.integration.rest.logbook import Logbook, logbook_kept
from tests.integration.soap.soap_client import ask, status_of
from tests.integration.storage.processes import eventually
from tests.shop import Shop, open_shop, settings_of

SQL: Final = "ALTER TABLE orders ADD COLUMN later text NOT NULL DEFAULT ''"
MARK: Final = "-- Older processes stop: they lose what is later\n"
ADDS: Final = Migration(9999, "9999_later.sql", SQL)
STOPS: Final = Migration(9999, "9999_later.sql", MARK + SQL)
RECORDED: Final = """
    INSERT INTO schema_migrations VALUES (9999, '9999_later.sql', now(), 'they lose what is later')
"""
UPGRADED: Final = "The gateway is being upgraded: repeat the request in a moment"
FORM: Final = {
    "userName": "test-api",
    "password": "testPwd1",
    "amount": "1000",
    "returnUrl": "https://shop.example/thanks",
}
COLUMN_IN_EACH_TABLE: Final = """
    DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
            WHERE schemaname NOT IN ('pg_catalog', 'information_schema') LOOP
            EXECUTE format('ALTER TABLE %s ADD COLUMN later bigint NOT NULL DEFAULT 0', name);
        END LOOP;
    END $$
"""
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
async def scene(own_database_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    async with open_shop(own_database_url, tmp_path) as shop:
        connection = await asyncpg.connect(own_database_url)
        yield Scene(shop, AsgiClient(shop.gateway.router), connection)
        await connection.close()


async def migrate_to_newer(
    connection: asyncpg.Connection[asyncpg.Record],
    monkeypatch: pytest.MonkeyPatch,
    later: Migration = STOPS,
) -> None:
    known = available()
    monkeypatch.setattr(migrating, "available", lambda: [*known, later])
    assert later.name in await migrate(connection)
    monkeypatch.setattr(migrating, "available", lambda: known)


async def test_requests_get_503_after_a_migration_that_stops_older_processes(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, logbook: Logbook
) -> None:
    order_id = await scene.shop.register(1000)
    await migrate_to_newer(scene.connection, monkeypatch)
    await eventually(scene.noticed)
    rest = await scene.client.post("/payment/rest/register.do", FORM)
    assert (rest.status, rest.json()["errorMessage"]) == (503, UPGRADED)
    assert "retry-after" in rest.headers
    soap = await ask(scene.shop.gateway, status_of(order_id))
    assert soap.http.status == 503
    page = await scene.client.get(f"/payment/merchants/test/payment_ru.html?mdOrder={order_id}")
    assert page.status == 503
    problem = f"the database has migration 9999, this process knows {available()[-1].number}"
    [line] = logbook.of("process_is_outdated")
    assert (line["level"], line["migration"]) == ("error", 9999)
    assert line["reason"] == "they lose what is later"
    ready = await scene.client.get("/ready")
    assert (ready.status, ready.json()["status"][: len(problem)]) == (503, problem)
    assert "they lose what is later" in ready.json()["status"]
    for path in ("/health", "/metrics"):
        assert (await scene.client.get(path)).status == 200


async def test_nothing_is_written_after_a_migration_that_stops_older_processes(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers use the same pool, so an order that expires is left to the newer version."""
    order_id = await scene.shop.register(1000)
    before = await scene.connection.fetchrow("SELECT * FROM orders")
    await migrate_to_newer(scene.connection, monkeypatch)
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
    await scene.connection.execute(RECORDED)
    assert not await scene.noticed(), "no notification was sent"
    await scene.connection.execute(LOSE_LISTENERS)
    await eventually(scene.noticed)


async def test_older_process_goes_on_after_a_migration_that_only_adds(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, logbook: Logbook
) -> None:
    order_id = await scene.shop.register(1000)
    await migrate_to_newer(scene.connection, monkeypatch, ADDS)
    await scene.connection.execute(LOSE_LISTENERS)
    await eventually(lambda: _logged(logbook, "listener_reconnected"))
    assert (await scene.shop.pay(order_id))["errorCode"] == 0
    await scene.shop.paid(2000)
    rest = await scene.client.post("/payment/rest/register.do", FORM)
    assert (rest.status, "orderId" in rest.json()) == (200, True)
    assert (await scene.client.get("/ready")).status == 200
    assert not await scene.noticed()
    assert logbook.of("process_is_outdated") == []
    [line] = logbook.of("database_is_newer")
    assert (line["level"], line["migration"]) == ("info", 9999)


async def test_added_columns_break_no_statement_of_an_older_process(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, logbook: Logbook
) -> None:
    """Connections keep prepared statements, some of which return each column of a table."""
    await one_payment_of_each_kind(scene.shop, "first")
    later = Migration(9999, ADDS.name, COLUMN_IN_EACH_TABLE)
    await migrate_to_newer(scene.connection, monkeypatch, later)
    await one_payment_of_each_kind(scene.shop, "second")
    assert logbook.errors() == []


async def one_payment_of_each_kind(shop: Shop, client: str) -> None:
    """Pay and store the card, refund, cancel a hold; several requests use one statement."""
    order_id = await shop.register(1000, clientId=client)
    assert (await shop.pay(order_id))["errorCode"] == 0
    assert (await shop.call("refund.do", orderId=order_id, amount=400))["errorCode"] == "0"
    held, *paid = await asyncio.gather(
        shop.paid(3000, two_phase=True), *(shop.paid(2000) for _ in range(4))
    )
    assert (await shop.call("reverse.do", orderId=held))["errorCode"] == "0"
    states = await asyncio.gather(*map(shop.see, (order_id, held, *paid)))
    assert [one.status for one in states] == [4, 3, 2, 2, 2, 2]
    bindings = await shop.call("getBindings.do", clientId=client)
    assert len(bindings["bindings"]) == 1


async def _logged(logbook: Logbook, event: str) -> bool:
    return logbook.of(event) != []


async def test_older_version_starts_after_a_migration_that_only_adds(
    own_database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    logbook: Logbook,
) -> None:
    connection = await asyncpg.connect(own_database_url)
    await migrate_to_newer(connection, monkeypatch, ADDS)
    await connection.close()
    async with open_shop(own_database_url, tmp_path) as shop:
        await shop.paid(1000)
    [line] = logbook.of("database_is_newer")
    assert (line["migration"], line["known"]) == (9999, available()[-1].number)


async def test_migration_that_the_process_knows_stops_nothing(scene: Scene) -> None:
    await scene.connection.execute("SELECT pg_notify('altyn_schema', '1')")
    await scene.connection.execute(LOSE_LISTENERS)
    await scene.shop.paid(1000)
    assert not await scene.noticed()


async def test_process_does_not_start_on_a_database_that_it_cannot_go_on_with(
    own_database_url: str, tmp_path: Path
) -> None:
    """A server that starts a further process has prepared the database long before."""
    settings = settings_of(own_database_url, tmp_path)
    await main.prepare(settings)
    connection = await asyncpg.connect(own_database_url)
    await connection.execute(RECORDED)
    await connection.close()
    with pytest.raises(Overloaded, match="a newer Altyn has migrated it"):
        async with main.running(settings):
            pass


def test_command_of_an_older_version_writes_nothing(own_database_url: str, tmp_path: Path) -> None:
    async def migrate_to_9999() -> None:
        connection = await asyncpg.connect(own_database_url)
        await migrate(connection)
        await connection.execute(RECORDED)
        await connection.close()

    async def work(_pool: Pool) -> None:
        pytest.fail("the command runs")

    asyncio.run(migrate_to_9999())
    with pytest.raises(CommandError, match="a newer Altyn has migrated it"):
        with_pool(settings_of(own_database_url, tmp_path), work)


def test_command_of_an_older_version_goes_on_after_a_migration_that_only_adds(
    own_database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def migrate_to_9999() -> None:
        connection = await asyncpg.connect(own_database_url)
        await migrate_to_newer(connection, monkeypatch, ADDS)
        await connection.close()

    async def work(pool: Pool) -> object:
        return await pool.fetchval("SELECT count(later) FROM orders")

    asyncio.run(migrate_to_9999())
    assert with_pool(settings_of(own_database_url, tmp_path), work) == 0
    assert "The database has migration 9999 of a newer Altyn" in capsys.readouterr().err


def test_migrate_of_an_older_version_reports_a_newer_database(
    own_database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def migrate_to_9999() -> None:
        connection = await asyncpg.connect(own_database_url)
        await migrate_to_newer(connection, monkeypatch, ADDS)
        await connection.close()

    asyncio.run(migrate_to_9999())
    monkeypatch.setenv("ALTYN_DATABASE_URL", own_database_url)
    monkeypatch.setenv("ALTYN_HOME", str(tmp_path))
    migrate_command(as_json=True)
    printed = capsys.readouterr()
    assert json.loads(printed.out)["applied"] == []
    assert "migration 9999 of a newer Altyn" in printed.err
