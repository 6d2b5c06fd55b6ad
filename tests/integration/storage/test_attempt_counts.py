"""What the store counts of saved attempts: the edges of the windows, and clocks that jump."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from altyn.domain.card.attempt_limits import (
    ADDRESS_WINDOW,
    CARD_WINDOW,
    MERCHANT_WINDOW,
    UnpaidAttempts,
)
from altyn.storage.attempt_counts import AttemptCountStore
from altyn.storage.database import Pool
from tests.builders import REGISTERED_AT
from tests.shop import open_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW: Final = REGISTERED_AT
TICK: Final = timedelta(microseconds=1)
FINGERPRINT: Final = "ab" * 32
NETWORK: Final = "203.0.113.9"
INSERT: Final = """
    INSERT INTO payment_attempts (merchant_id, order_id, number, kind, state, amount_minor,
                                  started_at, card, payer_network, counted)
    VALUES ($1, $2, 1, 'pay', $3, 1000, $4, $5, $6, $7)
"""
AGES: Final = st.one_of(
    st.sampled_from(
        [edge + tick for edge in (ADDRESS_WINDOW, CARD_WINDOW) for tick in (-TICK, 0 * TICK, TICK)]
    ),
    st.timedeltas(min_value=-timedelta(days=2), max_value=timedelta(days=3)),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pool]:
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home) as shop:
        yield shop.pool


async def save(
    pool: Pool,
    merchant_id: int,
    at: datetime,
    *,
    state: str = "declined",
    counted: bool = True,
    fingerprint: str = FINGERPRINT,
    network: str | None = NETWORK,
) -> None:
    card = f'{{"fingerprint": "{fingerprint}"}}'
    await pool.execute(INSERT, merchant_id, uuid4(), state, at, card, network, counted)


async def test_attempts_within_the_windows_count(pool: Pool) -> None:
    await save(pool, 901, NOW)
    await save(pool, 901, NOW - ADDRESS_WINDOW + TICK)
    await save(pool, 901, NOW - ADDRESS_WINDOW)
    await save(pool, 901, NOW - CARD_WINDOW + TICK)
    await save(pool, 901, NOW - CARD_WINDOW)
    counts = AttemptCountStore(pool)
    found = await counts.unpaid(901, FINGERPRINT, NETWORK, NOW)
    assert found == UnpaidAttempts(with_card=4, from_network=2)
    assert await counts.refused(901, NOW) == 1
    nothing = await counts.unpaid(902, FINGERPRINT, NETWORK, NOW)
    assert nothing == UnpaidAttempts(), "another merchant"


async def test_other_cards_networks_and_attempts_that_do_not_count_are_left_out(pool: Pool) -> None:
    await save(pool, 903, NOW, fingerprint="cd" * 32)
    await save(pool, 903, NOW, network=None)
    await save(pool, 903, NOW, network="203.0.113.10")
    await save(pool, 903, NOW, counted=False)
    counts = AttemptCountStore(pool)
    found = await counts.unpaid(903, FINGERPRINT, NETWORK, NOW)
    assert found == UnpaidAttempts(with_card=2, from_network=1)
    without = await counts.unpaid(903, FINGERPRINT, None, NOW)
    assert without == UnpaidAttempts(with_card=2), "no address is known"


async def test_attempts_of_the_future_do_not_count_beyond_a_difference_of_clocks(
    pool: Pool,
) -> None:
    """The sandbox's clock can be put back; the clocks of two processes differ by less."""
    await save(pool, 904, NOW + timedelta(seconds=59))
    await save(pool, 904, NOW + timedelta(seconds=60))
    await save(pool, 904, NOW + timedelta(days=30))
    found = await AttemptCountStore(pool).unpaid(904, FINGERPRINT, NETWORK, NOW)
    assert found == UnpaidAttempts(with_card=1, from_network=1)


async def test_paid_attempts_of_the_window_are_counted_as_far_as_they_are_needed(
    pool: Pool,
) -> None:
    for at in (NOW, NOW - MERCHANT_WINDOW + TICK, NOW + timedelta(seconds=59)):
        await save(pool, 906, at, state="approved", counted=False)
    for at in (NOW - MERCHANT_WINDOW, NOW + timedelta(minutes=1)):
        await save(pool, 906, at, state="approved", counted=False)
    await save(pool, 906, NOW, state="declined")
    counts = AttemptCountStore(pool)
    assert await counts.paid(906, NOW, enough=10) == 3
    assert await counts.paid(906, NOW, enough=2) == 2
    assert await counts.paid(907, NOW, enough=2) == 0, "another merchant"


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ages=st.lists(AGES, max_size=12))
async def test_the_windows_slide_with_the_clock(pool: Pool, ages: list[timedelta]) -> None:
    await pool.execute("DELETE FROM payment_attempts WHERE merchant_id = 905")
    for age in ages:
        await save(pool, 905, NOW - age)
    found = await AttemptCountStore(pool).unpaid(905, FINGERPRINT, NETWORK, NOW)
    soon = -timedelta(minutes=1)
    assert found == UnpaidAttempts(
        with_card=sum(soon < age < CARD_WINDOW for age in ages),
        from_network=sum(soon < age < ADDRESS_WINDOW for age in ages),
    )
