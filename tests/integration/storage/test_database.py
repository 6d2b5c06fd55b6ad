"""The way to PostgreSQL: what is told when it is closed, and that no change goes unheard."""

from __future__ import annotations

import asyncio
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
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        await connection.execute("BEGIN")
        await connection.execute("CREATE TABLE left_over (nothing integer)")
    assert await pool.fetchval("SELECT to_regclass('left_over')") is None
    await pool.close()


async def test_giving_a_connection_back_sends_no_reset(database_url: str) -> None:
    pool = await connect(database_url, pool_size=1)
    sent: list[str] = []
    async with pool.acquire() as connection:
        connection.add_query_logger(lambda query: sent.append(query.query))
    async with pool.acquire() as connection:
        assert await connection.fetchval("SELECT 1") == 1
    assert sent == ["SELECT 1"]
    await pool.close()


async def test_what_cannot_be_reached_says_where_and_what_to_do(database_url: str) -> None:
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


async def test_a_change_that_went_unheard_is_seen_after_a_break(
    pool: Pool, start_process: Start
) -> None:
    process = await start_process()
    shop = await Staff(pool).add_shop("shop")

    async def hold_days() -> int:
        return (await process.merchants.get(shop.merchant_id)).settings.hold_days

    assert await hold_days() == 7
    # Written behind everybody's back: no notification will ever tell of it.
    await pool.execute(
        "INSERT INTO merchant_settings SELECT merchant_id, 2, '{\"hold_days\": 9}', now(), 'psql'"
        " FROM merchants"
    )
    await _cut_listeners(pool)

    async def seen() -> bool:
        return await hold_days() == 9

    await eventually(seen)


async def test_the_listener_comes_back_and_hears_again(pool: Pool, database_url: str) -> None:
    heard: list[str] = []
    gaps: list[bool] = []
    listener = Listener(database_url)

    async def gap() -> None:
        gaps.append(listener.listening)

    listener.on("news", heard.append, on_gap=gap)
    await listener.start()
    await pool.execute("NOTIFY news, 'first'")

    async def heard_first() -> bool:
        return heard == ["first"]

    await eventually(heard_first)
    await _cut_listeners(pool)

    async def back() -> bool:
        return len(gaps) == 2 and listener.listening

    await eventually(back)
    # Before it was said to listen, everybody had forgotten what they knew.
    assert gaps == [False, False]
    await pool.execute("NOTIFY news, 'second'")

    async def heard_second() -> bool:
        return heard == ["first", "second"]

    await eventually(heard_second)
    await listener.stop()
    assert not listener.listening


async def test_listener_comes_back_though_a_subscriber_failed(
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

    async def back() -> bool:
        return len(gaps) == 3 and listener.listening

    await eventually(back)
    await listener.stop()


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
        _ = await connect("postgresql://altyn:s3cret@localhost:port/shop", pool_size=1)
    assert "s3cret" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_asyncpg_still_takes_a_reset_of_ours() -> None:
    # What `connect` relies on: with `reset` given, the pool asks it instead of sending RESET ALL.
    assert "reset" in (asyncpg.create_pool.__kwdefaults__ or {})
