"""Connections to PostgreSQL: errors with a remedy, and no change is missed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import asyncpg
import pytest
from structlog.testing import capture_logs

from altyn.operations.ports import Overloaded
from altyn.storage.database import DatabaseUnreachableError, Listener, Pool, address, connect
from tests.integration.storage.processes import Process, Staff, eventually

Start = Callable[[], Awaitable[Process]]


async def test_connections_have_our_session_settings(pool: Pool) -> None:
    assert await pool.fetchval("SHOW timezone") == "UTC"
    assert await pool.fetchval("SHOW jit") == "off"
    assert await pool.fetchval("SHOW application_name") == "altyn"


async def test_open_transaction_does_not_reach_the_next_user_of_a_connection(
    database_url: str,
) -> None:
    pool = await connect(database_url, pool_size=1)
    async with pool.acquire() as connection:
        # As code would that never ends the transaction; asyncpg reports it to the loop's handler.
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        await connection.execute("BEGIN")
        await connection.execute("CREATE TABLE left_over (nothing integer)")
    assert await pool.fetchval("SELECT to_regclass('left_over')") is None
    await pool.close()


async def test_releasing_a_connection_sends_no_reset(database_url: str) -> None:
    pool = await connect(database_url, pool_size=1)
    sent: list[str] = []
    async with pool.acquire() as connection:
        connection.add_query_logger(lambda query: sent.append(query.query))
    async with pool.acquire() as connection:
        assert await connection.fetchval("SELECT 1") == 1
    assert sent == ["SELECT 1"]
    await pool.close()


async def test_unreachable_database_is_reported_with_address_and_remedy(database_url: str) -> None:
    with pytest.raises(DatabaseUnreachableError) as refused:
        _ = await connect("postgresql://altyn:s3cret@127.0.0.1:1/shop", pool_size=1)
    assert refused.value.where == "altyn@127.0.0.1:1/shop"
    assert "nothing answers there" in str(refused.value)
    assert "s3cret" not in str(refused.value)

    missing = urlsplit(database_url)._replace(path="/nowhere").geturl()
    with pytest.raises(DatabaseUnreachableError, match=r"no such database.*createdb"):
        _ = await connect(missing, pool_size=1)

    with pytest.raises(DatabaseUnreachableError, match="ALTYN_DATABASE_URL"):
        await Listener("mysql://altyn:s3cret@localhost/shop").start()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:p@h:5433/d", "u@h:5433/d"),
        ("postgresql://h/d?password=p", "h/d"),
        ("postgresql:///d?host=%2Frun%2Fpg&port=5433", "/run/pg/d"),
        ("postgresql:///d", "localhost/d"),
        ("postgresql://[::1]:5432/d", "[::1]:5432/d"),
    ],
)
def test_address_is_shown_without_its_password(url: str, shown: str) -> None:
    assert address(url) == shown


@pytest.mark.parametrize("sign", ["/", "#", "?", "@"])
def test_password_with_unescaped_signs_is_not_shown(sign: str) -> None:
    shown = address(f"postgresql://u:left{sign}right@h/d")
    assert "left" not in shown
    assert "right" not in shown


async def test_change_during_a_lost_connection_is_used_after_the_reconnect(
    pool: Pool, start_process: Start
) -> None:
    process = await start_process()
    shop = await Staff(pool).add_shop("shop")

    async def hold_days() -> int:
        return (await process.merchants.get(shop.merchant_id)).settings.hold_days

    assert await hold_days() == 7
    # Written without a notification, as a change that was missed.
    await pool.execute(
        "INSERT INTO merchant_settings SELECT merchant_id, 2, '{\"hold_days\": 9}', now(), 'psql'"
        " FROM merchants"
    )
    await _cut_listeners(pool)

    async def used() -> bool:
        return await hold_days() == 9

    await eventually(used)


async def test_listener_reconnects_and_gets_notifications_again(
    pool: Pool, database_url: str
) -> None:
    received: list[str] = []
    gaps: list[bool] = []
    listener = Listener(database_url)

    async def gap() -> None:
        gaps.append(listener.listening)

    listener.on("news", received.append, on_gap=gap)
    await listener.start()
    await pool.execute("NOTIFY news, 'first'")

    async def received_first() -> bool:
        return received == ["first"]

    await eventually(received_first)
    await _cut_listeners(pool)

    async def reconnected() -> bool:
        return len(gaps) == 2 and listener.listening

    await eventually(reconnected)
    # Both gaps were reported before it listened again.
    assert gaps == [False, False]
    await pool.execute("NOTIFY news, 'second'")

    async def received_second() -> bool:
        return received == ["first", "second"]

    await eventually(received_second)
    await listener.stop()
    assert not listener.listening


async def test_listener_reconnects_though_a_subscriber_failed(
    pool: Pool, database_url: str
) -> None:
    listener, gaps = Listener(database_url, heartbeat_seconds=0.2), list[int]()

    async def fail_at_the_second_gap() -> None:
        gaps.append(len(gaps))
        if len(gaps) == 2:
            raise KeyError("broken by the test")

    listener.on("news", lambda _: None, on_gap=fail_at_the_second_gap)
    await listener.start()
    await _cut_listeners(pool)

    async def reconnected() -> bool:
        return len(gaps) == 3 and listener.listening

    await eventually(reconnected)
    await listener.stop()


async def test_subscriber_without_the_database_is_part_of_the_outage(
    pool: Pool, database_url: str
) -> None:
    """The outage has its own two lines in the log."""
    listener, gaps = Listener(database_url, heartbeat_seconds=0.2), list[int]()

    async def fail_while_the_database_is_down() -> None:
        gaps.append(len(gaps))
        if len(gaps) == 2:
            raise Overloaded("the database cannot be used")

    listener.on("news", lambda _: None, on_gap=fail_while_the_database_is_down)
    with capture_logs() as lines:
        await listener.start()
        await _cut_listeners(pool)

        async def reconnected() -> bool:
            return len(gaps) == 3 and listener.listening

        await eventually(reconnected)
        await listener.stop()
    assert not [line for line in lines if line["log_level"] == "error"]


async def test_caches_are_not_used_while_the_listener_is_down(
    pool: Pool, database_url: str
) -> None:
    async with Process.started(pool, database_url) as process:
        shop = await Staff(pool).add_shop("shop")
        await process.merchants.get(shop.merchant_id)
    # The listener has stopped, and does not get the notification of this change.
    await Staff(pool).change(shop, {"hold_days": 9})
    assert (await process.merchants.get(shop.merchant_id)).settings.hold_days == 9


async def _cut_listeners(pool: Pool) -> None:
    killed = await pool.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'altyn listener' AND datname = current_database()"
    )
    assert killed


async def test_url_that_asyncpg_refuses_is_reported_without_its_content() -> None:
    with pytest.raises(DatabaseUnreachableError) as refused:
        _ = await connect("postgresql://altyn:s3cret@localhost:port/shop", pool_size=1)
    assert "s3cret" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_asyncpg_pool_accepts_a_reset_function() -> None:
    # `connect` relies on it: with `reset` given, the pool calls it instead of sending RESET ALL.
    assert "reset" in (asyncpg.create_pool.__kwdefaults__ or {})
