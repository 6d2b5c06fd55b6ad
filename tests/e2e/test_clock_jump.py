"""Two gateway processes share the sandbox's clock: after a jump over midnight in Moscow, over the
end of sessions and over months of later parts, everything is in its right state at once.

A jump is asked of one process, and its results are read from the other.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import pytest

from altyn.domain.moscow import to_moscow
from altyn.embedded_postgres import EmbeddedPostgres
from altyn.storage.database import Pool, connect
from tests.audit import audit
from tests.bnpl_audit import audit_parts
from tests.prepared_folder import POSTGRES, PreparedFolder
from tests.processes import Crowd, Launcher, a_crowd
from tests.shop import GOOD
from tests.ways.sberpay import LINK, PHONE, PUSH

pytestmark = pytest.mark.slow

POOR: Final = "79991230004"  # each later part is declined twice
WAYS: Final[dict[str, dict[str, Any]]] = {
    "CARD": {"way": "CARD", "pan": GOOD},
    "SBERPAY": {"way": "SBERPAY", "phone": PHONE, "decision": "confirm"},
    "BNPL": {"way": "BNPL", "phone": PHONE, "pan": GOOD},
}
DEPOSITED, REVERSED, REFUNDED, DECLINED = 2, 3, 4, 6
SESSION_EXPIRED, WRONG_STATUS = -2007, "7"
CHARGES: Final = """
    SELECT at, event, (detail ->> 'part')::integer AS part FROM order_events
    WHERE order_id = $1 AND event LIKE 'instalment%' ORDER BY version
"""


@dataclass(frozen=True, slots=True)
class Site:
    """Two gateways, their clients, and their database."""

    crowd: Crowd
    pool: Pool

    async def get(self, path: str) -> dict[str, Any]:
        """Read a page of the sandbox from the process that was not asked last."""
        self.crowd.sent += 1
        port = self.crowd.ports[self.crowd.sent % 2]
        async with self.crowd.session.get(f"http://127.0.0.1:{port}{path}") as answer:
            members: dict[str, Any] = await answer.json()
            return members

    async def coming_midnight(self) -> datetime:
        """A midnight in Moscow that is more than a day away."""
        now = datetime.fromisoformat((await self.get("/sandbox/clock"))["moscow"])
        return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=2)

    async def jump(self, **by: float | str) -> datetime:
        """Move the clock; the new time in Moscow."""
        members = await self.crowd.move_clock(**by)
        assert "moscow" in members, members
        return datetime.fromisoformat(members["moscow"])

    async def registered(self, method: str = "register.do", **more: object) -> str:
        """A new order of 1500.00 roubles; its id."""
        fields = {"amount": 1500_00, "returnUrl": "https://shop.example/", **more}
        order_id: str = (await self.crowd.call(method, **fields))["orderId"]
        return order_id

    async def paid(self, method: str = "register.do", **payer: object) -> str:
        """A new order that its payer has paid; its id."""
        order_id = await self.registered(method)
        await self.crowd.pay(order_id, **payer)
        return order_id

    async def status(self, order_id: str) -> tuple[int, int]:
        """Status and action code of an order; both processes must agree."""
        first, second = await self.crowd.status(order_id), await self.crowd.status(order_id)
        assert first == second
        return first["orderStatus"], first["actionCode"]

    async def part_states(self, order_id: str, phone: str = PHONE) -> list[str]:
        """The states of the parts, as the phone shows them."""
        plans = (await self.get(f"/sandbox/phones/{phone}/plans"))["plans"]
        (plan,) = (each for each in plans if each["orderId"] == order_id)
        return [part["state"] for part in plan["parts"]]

    async def must_be_consistent(self) -> None:
        """All books agree, and every part was charged once."""
        assert await audit(self.pool) == []
        assert await audit_parts(self.pool) == []


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    await asyncio.to_thread(PreparedFolder.copy_to, tmp_path)
    with EmbeddedPostgres(tmp_path / POSTGRES) as postgres:
        launcher = Launcher(postgres.url, tmp_path, sockets=2)
        pool = await connect(postgres.url, pool_size=1)
        try:
            for number in range(2):
                launcher.start(number)
            async with a_crowd(launcher.ports) as crowd:
                await crowd.must_be_ready()
                yield Site(crowd, pool)
        finally:
            await pool.close()
            launcher.stop()


async def test_jump_over_midnight_ends_reversals_of_every_way(site: Site) -> None:
    night = await site.coming_midnight()
    await site.jump(to=(night - timedelta(hours=1)).isoformat())
    early = {way: await site.paid(**payer) for way, payer in WAYS.items()}
    late = {way: await site.paid(**payer) for way, payer in WAYS.items()}
    for way, order_id in early.items():
        assert (await site.crowd.call("reverse.do", orderId=order_id))["errorCode"] == "0", way
        assert await site.status(order_id) == (REVERSED, 0), way
    assert await site.jump(hours=1, minutes=1) > night
    for way, order_id in late.items():
        assert await site.status(order_id) == (DEPOSITED, 0), way
        refused = await site.crowd.call("reverse.do", orderId=order_id)
        assert refused["errorCode"] == WRONG_STATUS, way
        assert await site.status(order_id) == (DEPOSITED, 0), way
        refunded = await site.crowd.call("refund.do", orderId=order_id, amount=1500_00)
        assert refunded["errorCode"] == "0", way
        assert await site.status(order_id) == (REFUNDED, 0), way
    await site.jump(days=90)
    for order_id in (early["BNPL"], late["BNPL"]):
        assert await site.part_states(order_id) == ["ended"] * 4
        assert await site.pool.fetch(CHARGES, order_id) == []
    await site.must_be_consistent()


async def test_jump_over_the_end_of_sessions_and_holds(site: Site) -> None:
    orders = [await site.registered(), await site.registered(**PUSH), await site.registered(**LINK)]
    holds = [await site.paid("registerPreAuth.do", **payer) for payer in WAYS.values()]
    await site.jump(days=90)
    for order_id in orders:
        assert await site.status(order_id) == (DECLINED, SESSION_EXPIRED)
    for order_id in holds:
        assert (await site.status(order_id))[0] == REVERSED
    path = f"/sandbox/phones/{PHONE}/messages"
    (push,) = (
        each
        for each in (await site.get(path))["messages"]
        if each["orderId"] == orders[1] and each["kind"] == "push"
    )
    assert push["actions"] == []
    url = f"http://127.0.0.1:{site.crowd.ports[0]}{path}/{push['id']}"
    async with site.crowd.session.post(url, json={"action": "confirm"}) as answer:
        assert answer.status != HTTPStatus.OK, await answer.text()
    assert await site.status(orders[1]) == (DECLINED, SESSION_EXPIRED)
    assert await site.part_states(holds[2]) == ["ended"] * 4
    await site.must_be_consistent()


async def test_jump_over_months_charges_later_parts_at_its_own_time(site: Site) -> None:
    noon = await site.coming_midnight() + timedelta(hours=12)
    paid_on = (await site.jump(to=noon.isoformat())).date()
    rich = [await site.paid(**WAYS["BNPL"]) for _ in range(3)]
    poor = await site.paid(**{**WAYS["BNPL"], "phone": POOR})
    await site.jump(days=90)
    for order_id in rich:
        charges = await site.pool.fetch(CHARGES, order_id)
        assert [(each["part"], each["event"]) for each in charges] == [
            (part, "instalment_charged") for part in (2, 3, 4)
        ]
        days = [(to_moscow(each["at"]).date() - paid_on).days for each in charges]
        assert days == [14, 28, 42]
        assert await site.part_states(order_id) == ["charged"] * 4
    charges = await site.pool.fetch(CHARGES, poor)
    days = [(to_moscow(each["at"]).date() - paid_on).days for each in charges]
    assert days == [14, 15, 16, 28, 29, 30, 42, 43, 44]
    assert await site.part_states(poor, POOR) == ["charged"] * 4
    assert (await site.status(poor))[0] == DEPOSITED
    await site.must_be_consistent()


async def test_concurrent_jumps_are_answered_and_charge_every_part_once(site: Site) -> None:
    orders = [await site.paid(**WAYS["BNPL"]) for _ in range(3)]
    jumps = [site.crowd.move_clock(days=days) for days in (90, 20, 90, 45, 1, 60)]
    for answer in await asyncio.gather(*jumps):
        assert "utc" in answer, answer
    for order_id in orders:
        charges = await site.pool.fetch(CHARGES, order_id)
        assert [each["part"] for each in charges] == [2, 3, 4]
    await site.must_be_consistent()
