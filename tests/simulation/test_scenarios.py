"""Every row of the life of an order (rest-orders.md §1.5), played against a running gateway."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from tests.shop import Shop, open_shop
from tests.simulation.scenario import Stage, read_scenario

SCENARIOS: Final = sorted((Path(__file__).parent / "scenarios").glob("*.txt"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    """One gateway for all: its clock only goes forward, and scenarios share no orders."""
    async with open_shop(database_url, tmp_path_factory.mktemp("home")) as opened:
        yield opened


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
@pytest.mark.asyncio(loop_scope="module")
async def test_scenario(path: Path, shop: Shop) -> None:
    stage, lines = Stage(shop), read_scenario(path)
    for line in lines:
        try:
            await stage.perform(line)
        except AssertionError as error:
            error.add_note(f"{path.name}, line {line.number}: {line.text}")
            raise
    await stage.leave()


def test_there_are_scenarios() -> None:
    assert len(SCENARIOS) > 20
