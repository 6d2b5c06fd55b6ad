"""Two processes share the counts of attempts, and a restart loses none of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from altyn import main
from tests.integration.payment_page.page_client import DECLINED
from tests.processes import Crowd, Launcher, a_crowd, kill
from tests.shop import card_fields, settings_of

pytestmark = pytest.mark.slow

PROCESSES: Final = 2
LIMIT: Final = 3
AT_ONCE: Final = 24


@dataclass
class Gateways:
    """Two gateway processes over one database, and clients that call them in turn."""

    launcher: Launcher
    crowd: Crowd
    pids: list[int]

    async def restart(self) -> None:
        """Kill both processes, and start them again."""
        for pid in self.pids:
            kill(pid)
        self.pids = [self.launcher.start(number) for number in range(PROCESSES)]
        await self.crowd.must_be_ready()

    async def codes_at_once(self, count: int) -> Counter[int]:
        """Pay so many orders at once with one card; how often each action code came."""
        orders = [await self.crowd.register(1000) for _ in range(count)]
        forms: list[dict[str, object]] = [{**card_fields(each, DECLINED)} for each in orders]
        await self.crowd.at_once("paymentOrder.do", *forms)
        states = [await self.crowd.status(order_id) for order_id in orders]
        return Counter(state["actionCode"] for state in states)


@pytest.fixture
async def gateways(
    own_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Gateways]:
    monkeypatch.setenv("ALTYN_CARD_ATTEMPTS_DAY", str(LIMIT))
    await main.prepare(settings_of(own_database_url, tmp_path))
    launcher = Launcher(own_database_url, tmp_path, sockets=PROCESSES)
    try:
        pids = [launcher.start(number) for number in range(PROCESSES)]
        async with a_crowd(launcher.ports) as crowd:
            await crowd.must_be_ready()
            yield Gateways(launcher, crowd, pids)
    finally:
        launcher.stop()


async def test_concurrent_attempts_exceed_the_limit_by_one_limit_per_process_at_most(
    gateways: Gateways,
) -> None:
    """As decision 0022 says: a process does not see the attempts that another is about to save."""
    codes = await gateways.codes_at_once(AT_ONCE)
    assert LIMIT <= codes[913] <= LIMIT * PROCESSES
    assert codes[913] + codes[-2002] == AT_ONCE
    assert await gateways.codes_at_once(PROCESSES) == {-2002: PROCESSES}, "both processes refuse"


async def test_killed_processes_lose_no_count(gateways: Gateways) -> None:
    await gateways.codes_at_once(AT_ONCE)
    await gateways.restart()
    assert await gateways.codes_at_once(PROCESSES) == {-2002: PROCESSES}
