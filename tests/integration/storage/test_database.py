"""The way to PostgreSQL: what is told when it is closed, and that no change goes unheard."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import asyncpg
import pytest

from altyn.storage.database import DatabaseUnreachableError, Listener, Pool, address, connect
from tests.integration.storage.processes import Process, Staff, eventually

Start = Callable[[], Awaitable[Process]]


async def test_connections_come_with_the_session_we_rely_on(pool: Pool) -> None:
    assert await pool.fetchval("SHOW timezone") == "UTC"
    assert await pool.fetchval("SHOW jit") == "off"
    assert await pool.fetchval("SHOW application_name") == "altyn"


async def test_a_transaction_left_open_does_not_reach_the_next_user(database_url: str) -> None:
    pool = await connect(database_url, pool_size=1)
    async with pool.acquire() as connection:
        # As code would that forgets the end; asyncpg says so to the loop's exception handler.
        connection._con._loop.set_exception_handler(lambda *_: None)
        await connection.execute("BEGIN")
        await connection.execute("CREATE TABLE left_over (nothing integer)")
    assert await pool.fetchval("SELECT to_regclass('left_over')") is None
    await pool.close()


async def test_giving_a_connection_back_sends_no_reset(database_url: str) -> None:
    pool = await connect(database_url, pool_size=1)
    sent: list[str] = []
    async with pool.acquire() as connection:
        connection._con.add_query_logger(lambda query: sent.append(query.query))
    async with pool.acquire() as connection:
        assert await connection.fetchval("SELECT 1") == 1
    assert sent == ["SELECT 1"]
    await pool.close()


async def test_what_cannot_be_reached_says_where_and_what_to_do(database_url: str) -> None:
    with pytest.raises(DatabaseUnreachableError) as refused:
        await connect("postgresql://altyn:s3cret@127.0.0.1:1/shop", pool_size=1)
    assert refused.value.where == "altyn@127.0.0.1:1/shop"
    assert "nothing answers there" in str(refused.value)
    assert "s3cret" not in str(refused.value)

    missing = urlsplit(database_url)._replace(path="/nowhere").geturl()
    with pytest.raises(DatabaseUnreachableError, match="no such database.*createdb"):
        await connect(missing, pool_size=1)

    with pytest.raises(DatabaseUnreachableError, match="ALTYN_DATABASE_URL"):
        await Listener("mysql://altyn:s3cret@localhost/shop").start()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://u:p@h:5433/d", "u@h:5433/d"),
        ("postgresql://h/d?password=p", "h/d"),
        ("postgresql:///d?host=%2Frun%2Fpg&port=5433", "/run/pg/d"),
        ("postgresql:///d", "localhost/d"),
        ("postgresql://[::1]:5432/d", "[::1]:5432/d"),
    ],
)
def test_an_address_is_told_without_its_password(url: str, told: str) -> None:
    assert address(url) == told


@pytest.mark.parametrize("sign", ["/", "#", "?", "@"])
def test_a_password_with_unescaped_signs_is_not_told_either(sign: str) -> None:
    told = address(f"postgresql://u:left{sign}right@h/d")
    assert "left" not in told
    assert "right" not in told


async def test_a_change_made_while_the_listener_was_away_is_seen(
    pool: Pool, start_process: Start
) -> None:
    process, staff = await start_process(), Staff(pool)
    shop = await staff.add_shop("shop")
    assert (await process.merchants.get(shop.merchant_id)).settings.hold_days == 7

    await _cut_listeners(pool)
    # Written behind everybody's back: no notification will ever tell of it.
    await pool.execute(
        "INSERT INTO merchant_settings SELECT merchant_id, 2, '{\"hold_days\": 9}', now(), 'psql'"
        " FROM merchants"
    )

    async def seen() -> bool:
        return (await process.merchants.get(shop.merchant_id)).settings.hold_days == 9

    await eventually(seen)


async def test_the_listener_comes_back_and_hears_again(pool: Pool, start_process: Start) -> None:
    process, staff = await start_process(), Staff(pool)
    shop = await staff.add_shop("shop")
    await _cut_listeners(pool)

    async def back() -> bool:
        return not process.listener.listening

    await eventually(back)

    async def listening() -> bool:
        return process.listener.listening

    await eventually(listening)
    await process.merchants.get(shop.merchant_id)
    await staff.change(shop, {"hold_days": 9})

    async def heard() -> bool:
        return (await process.merchants.get(shop.merchant_id)).settings.hold_days == 9

    await eventually(heard)


async def test_while_the_listener_is_away_nothing_remembered_is_believed(
    pool: Pool, database_url: str
) -> None:
    async with Process.started(pool, database_url) as process:
        shop = await Staff(pool).add_shop("shop")
        await process.merchants.get(shop.merchant_id)
    # The listener has stopped, and this change is heard by nobody.
    await Staff(pool).change(shop, {"hold_days": 9})
    assert (await process.merchants.get(shop.merchant_id)).settings.hold_days == 9


async def _cut_listeners(pool: Pool) -> None:
    killed = await pool.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'altyn listener' AND datname = current_database()"
    )
    assert killed


async def test_a_url_that_asyncpg_refuses_is_told_without_what_it_holds() -> None:
    with pytest.raises(DatabaseUnreachableError) as refused:
        await connect("postgresql://altyn:s3cret@localhost:port/shop", pool_size=1)
    assert "s3cret" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_asyncpg_still_takes_a_reset_of_ours() -> None:
    # What `connect` relies on: with `reset` given, the pool asks it instead of sending RESET ALL.
    assert "reset" in (asyncpg.create_pool.__kwdefaults__ or {})
