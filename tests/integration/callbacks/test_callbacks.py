"""Callbacks from end to end: one for every change, signed, in order, and by the schedule.

The gateway, PostgreSQL, the network and the receiver are real; only the clock is moved.
"""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import load_pem_x509_certificate
from prometheus_client import REGISTRY

from altyn import main
from altyn.domain.callback import BindingNotification, CallbackOperation
from altyn.domain.merchant import OPENING, MerchantSettings, Permission
from altyn.protocol.dialects.classic.callbacks.checksum import canonical
from altyn.protocol.dialects.classic.callbacks.parameters import binding_callbacks
from altyn.security.keys import KeyRing
from altyn.security.signing_keys import SIGNING_KEY_PURPOSE
from altyn.storage.demo import DEMO_CALLBACK_KEY
from altyn.storage.outbox import OutboxStore
from altyn.storage.signing_keys import SigningKeys
from tests.checksum_check import is_asymmetric
from tests.processes import Launcher, a_crowd
from tests.receiver import ReceivedCallback, Receiver, a_receiver, set_callbacks, set_settings
from tests.shop import Shop, open_shop, settings_of

DECLINED: Final = "2223000000000007"
HALF_MINUTE: Final = timedelta(seconds=31)


async def set_up(shop: Shop, **callbacks: object) -> None:
    """Change the shop's settings of callbacks, and wait until the gateway has received them."""
    assert shop.gateway.settings.database_url is not None
    await in_force(shop, await set_callbacks(shop.gateway.settings.database_url, **callbacks))


async def permit(shop: Shop, permissions: frozenset[Permission]) -> None:
    """Give the shop these permissions, and wait until the gateway has received them."""
    assert shop.gateway.settings.database_url is not None
    changes = {"permissions": permissions}
    await in_force(shop, await set_settings(shop.gateway.settings.database_url, changes))


async def in_force(shop: Shop, settings: MerchantSettings) -> None:
    """Wait until the gateway has received these settings."""
    merchants = shop.gateway.world.merchants
    merchant = await merchants.by_login("test")
    assert merchant is not None
    async with asyncio.timeout(10):
        while (await merchants.get(merchant.merchant_id)).settings != settings:  # noqa: ASYNC110
            await asyncio.sleep(0.01)  # the notification of it comes through PostgreSQL


@asynccontextmanager
async def a_shop(database_url: str, home: Path, **callbacks: object) -> AsyncIterator[Shop]:
    async with open_shop(database_url, home) as shop:
        fresh: dict[str, Any] = dict.fromkeys(
            ("urls", "method", "operations", "parameters", "headers", "attempts")
        )
        await set_up(shop, **{**fresh, **callbacks})
        yield shop


async def settled(shop: Shop, order_id: str) -> list[tuple[str, str]]:
    """Wait until nothing of this order waits; the operations with what became of them."""
    async with asyncio.timeout(30):
        while True:
            rows = await shop.pool.fetch(
                "SELECT operation, state FROM outbox WHERE subject_id = $1 ORDER BY version, line",
                order_id,
            )
            if rows and all(row["state"] != "waiting" for row in rows):
                return [(row["operation"], row["state"]) for row in rows]
            await asyncio.sleep(0.02)


async def failures(shop: Shop, order_id: str, count: int) -> None:
    """Wait until the last callback of an order has failed so often."""
    async with asyncio.timeout(30):
        while count != await shop.pool.fetchval(  # noqa: ASYNC110 - it happens in PostgreSQL
            "SELECT failures FROM outbox WHERE subject_id = $1 AND lease_until = '-infinity' "
            "ORDER BY version DESC LIMIT 1",
            order_id,
        ):
            await asyncio.sleep(0.02)


def come(order_id: str, count: int) -> Any:
    def enough(got: Sequence[ReceivedCallback]) -> bool:
        return len([each for each in got if each.order_id == order_id]) >= count

    return enough


async def test_every_change_of_an_order_has_a_callback(database_url: str, tmp_path: Path) -> None:
    async with (
        a_receiver() as receiver,
        a_shop(database_url, tmp_path, urls=receiver.url()) as shop,
    ):
        order_id = await shop.paid(1000_00, two_phase=True)
        await shop.call("deposit.do", orderId=order_id, amount=400_00)
        await shop.call("refund.do", orderId=order_id, amount=100_00)
        await shop.call("refund.do", orderId=order_id, amount=300_00)
        await receiver.until(come(order_id, 4))

        assert receiver.of(order_id) == [
            ("approved", "1"),
            ("deposited", "1"),
            ("refunded", "1"),
            ("refunded", "1"),
        ]
        assert all(each.signed_with(DEMO_CALLBACK_KEY) for each in receiver.got)
        first = receiver.got[0]
        assert set(first.parameters) == {
            "mdOrder",
            "orderNumber",
            "operation",
            "status",
            "checksum",
        }


async def test_one_stage_payment_has_one_callback(database_url: str, tmp_path: Path) -> None:
    async with (
        a_receiver() as receiver,
        a_shop(database_url, tmp_path, urls=receiver.url()) as shop,
    ):
        order_id = await shop.paid(1000_00)
        assert await settled(shop, order_id) == [("deposited", "delivered")]
        assert receiver.of(order_id) == [("deposited", "1")]


async def test_expired_session_has_a_callback(database_url: str, tmp_path: Path) -> None:
    async with (
        a_receiver() as receiver,
        a_shop(database_url, tmp_path, urls=receiver.url()) as shop,
    ):
        order_id = await shop.register(1000_00)
        await shop.travel(timedelta(minutes=21))
        await receiver.until(come(order_id, 1))
        assert receiver.of(order_id) == [("declinedByTimeout", "0")]


async def test_only_chosen_operations_have_callbacks(database_url: str, tmp_path: Path) -> None:
    async with (
        a_receiver() as receiver,
        a_shop(database_url, tmp_path, urls=receiver.url(), operations="refunded") as shop,
    ):
        order_id = await shop.paid(1000_00)
        await shop.call("refund.do", orderId=order_id, amount=1000_00)
        assert await settled(shop, order_id) == [("refunded", "delivered")]


@pytest.mark.parametrize("method", ["GET", "POST", "JSON"])
async def test_both_methods_carry_the_chosen_parameters(
    database_url: str, tmp_path: Path, method: str
) -> None:
    async with (
        a_receiver() as receiver,
        a_shop(
            database_url,
            tmp_path,
            urls=receiver.url("/cb?cms=1"),
            method=method,
            parameters="amount,maskedPan,orderDescription,callbackCreationDate",
            headers="X-Shop=7",
        ) as shop,
    ):
        order_id = await shop.register(1000_00, description="Кофе + сахар; 100%")
        await shop.pay(order_id)
        assert await settled(shop, order_id) == [("deposited", "delivered")]

        (got,) = receiver.got
        assert got.method == ("GET" if method == "GET" else "POST")
        assert got.headers["X-Shop"] == "7"
        if method != "JSON":
            ours = {name: value for name, value in got.parameters.items() if name != "cms"}
            assert ours["orderDescription"] == "Кофе + сахар; 100%"
            assert ours["amount"] == "100000"
            assert got.parameters["cms"] == "1"
            assert ReceivedCallback("", ours, {}).signed_with(DEMO_CALLBACK_KEY)


async def test_every_static_address_gets_the_callback(database_url: str, tmp_path: Path) -> None:
    async with (
        a_receiver() as one,
        a_receiver() as two,
        a_shop(database_url, tmp_path, urls=f"{one.url()},{two.url()}") as shop,
    ):
        order_id = await shop.paid(1000_00)
        assert len(await settled(shop, order_id)) == 2
        assert one.of(order_id) == two.of(order_id) == [("deposited", "1")]


@pytest.mark.parametrize("permitted", [True, False])
async def test_an_order_may_name_its_own_address_where_the_shop_has_the_permission(
    database_url: str,
    tmp_path: Path,
    permitted: bool,  # noqa: FBT001 - the test's one case
) -> None:
    async with (
        a_receiver() as fixed,
        a_receiver() as named,
        a_shop(database_url, tmp_path, urls=fixed.url()) as shop,
    ):
        if not permitted:
            await permit(shop, OPENING - {Permission.DYNAMIC_CALLBACK})
        order_id = await shop.register(1000_00, dynamicCallbackUrl=named.url())
        await shop.pay(order_id)
        await settled(shop, order_id)
        assert bool(named.got) is permitted
        assert bool(fixed.got) is not permitted
        await permit(shop, OPENING)


async def test_retries_follow_the_schedule_and_end(database_url: str, tmp_path: Path) -> None:
    async def failing(_: ReceivedCallback) -> int | None:
        return 500

    async with (
        a_receiver(failing) as receiver,
        a_shop(database_url, tmp_path, urls=receiver.url()) as shop,
    ):
        order_id = await shop.paid(1000_00)
        for count in (1, 2):
            await failures(shop, order_id, count)
            assert len(receiver.got) == count
            await shop.travel(HALF_MINUTE)
        assert await settled(shop, order_id) == [("deposited", "dead")]
        first, second, third = receiver.got
        assert first.parameters == second.parameters == third.parameters
        attempts = await shop.pool.fetch(
            "SELECT attempt, status FROM deliveries WHERE subject_id = $1 ORDER BY attempt",
            order_id,
        )
        assert [tuple(row) for row in attempts] == [(1, 500), (2, 500), (3, 500)]


@pytest.mark.parametrize("status", [201, 204, 301, 302, 400, 404, 503, None])
async def test_only_status_200_counts_as_received(
    database_url: str, tmp_path: Path, status: int | None
) -> None:
    received = list[ReceivedCallback]()

    async def first_time_not(got: ReceivedCallback) -> int | None:
        received.append(got)
        return status if len(received) == 1 else 200

    async with (
        a_receiver(first_time_not) as receiver,
        a_shop(database_url, tmp_path, urls=receiver.url()) as shop,
    ):
        order_id = await shop.paid(1000_00)
        await failures(shop, order_id, 1)
        await shop.travel(HALF_MINUTE)
        assert await settled(shop, order_id) == [("deposited", "delivered")]
        assert len(receiver.accepted) == 1


async def test_a_later_change_waits_for_an_earlier_one(database_url: str, tmp_path: Path) -> None:
    async def not_the_first(got: ReceivedCallback) -> int | None:
        return 500 if got.notification[0] == "approved" and len(receiver.got) == 1 else 200

    async with (
        a_receiver(not_the_first) as receiver,
        a_shop(database_url, tmp_path, urls=receiver.url()) as shop,
    ):
        order_id = await shop.paid(1000_00, two_phase=True)
        await receiver.until(come(order_id, 1))
        await shop.call("deposit.do", orderId=order_id, amount=0)
        await shop.travel(HALF_MINUTE)
        await settled(shop, order_id)
        assert [each.notification[0] for each in receiver.got] == [
            "approved",
            "approved",
            "deposited",
        ]


async def test_dead_shop_does_not_delay_others(database_url: str, tmp_path: Path) -> None:
    """The dead one holds every connection open; the healthy one gets each callback at once."""
    held = asyncio.Event()

    async def hold(_: ReceivedCallback) -> int | None:
        await held.wait()
        return 200

    async with a_receiver(hold) as dead, a_receiver() as healthy:
        addresses = f"{dead.url()},{healthy.url()}"
        async with a_shop(database_url, tmp_path, urls=addresses) as shop:
            orders = [await shop.paid(1000_00) for _ in range(20)]
            for order_id in orders:
                await healthy.until(come(order_id, 1))
            assert 0 < len(dead.got) <= 2, "a host that has not answered gets few at once"
            held.set()
            for order_id in orders:
                assert {state for _, state in await settled(shop, order_id)} == {"delivered"}


async def test_no_callbacks_while_they_are_switched_off(database_url: str, tmp_path: Path) -> None:
    async with (
        a_receiver() as receiver,
        a_shop(database_url, tmp_path, urls=receiver.url(), enabled=False) as shop,
    ):
        order_id = await shop.paid(1000_00)
        assert not await shop.pool.fetch("SELECT FROM outbox WHERE subject_id = $1", order_id)
        await set_up(shop, enabled=True)
        assert receiver.got == []


@pytest.mark.slow
async def test_two_processes_send_nothing_twice(database_url: str, tmp_path: Path) -> None:
    """Both are woken by every change; the receiver is slow enough for one to see the other."""

    async def slowly(_: ReceivedCallback) -> int | None:
        await asyncio.sleep(0.03)
        return 200

    await main.prepare(settings_of(database_url, tmp_path))
    launcher = Launcher(database_url, tmp_path, sockets=2)
    try:
        async with a_receiver(slowly) as receiver, a_crowd(launcher.ports) as crowd:
            await set_callbacks(database_url, urls=receiver.url(), operations=None)
            senders = [launcher.start(number) for number in range(2)]
            await crowd.must_be_ready()
            orders = await asyncio.gather(*(crowd.paid(10_00, two_phase=True) for _ in range(60)))
            await crowd.at_once(
                "deposit.do", *({"orderId": order_id, "amount": 0} for order_id in orders)
            )
            await receiver.until(lambda got: len(got) >= len(orders) * 2)
            await asyncio.sleep(0.5)
    finally:
        launcher.stop()
    assert len(senders) == 2
    for order_id in orders:
        assert receiver.of(order_id) == [("approved", "1"), ("deposited", "1")]
    assert len(receiver.got) == len(orders) * 2


def parameters_of(receiver: Receiver) -> list[Mapping[str, str]]:
    return [got.parameters for got in receiver.got]


async def test_asymmetric_checksums_are_signed_with_the_shops_certificate(
    database_url: str, tmp_path: Path
) -> None:
    async with (
        a_receiver() as receiver,
        a_shop(database_url, tmp_path, urls=receiver.url(), checksum="asymmetric") as shop,
    ):
        unsigned = await shop.paid(1000_00)
        await failures(shop, unsigned, 1)
        assert receiver.got == [], "what cannot be signed is not sent"

        ring = KeyRing.load(shop.gateway.settings.keys)
        keys = SigningKeys(shop.pool, None, ring.derive(SIGNING_KEY_PURPOSE))
        merchant = await shop.gateway.world.merchants.by_login("test")
        assert merchant is not None
        made = await keys.create(merchant.merchant_id, shop.clock.now())
        await set_up(
            shop, timeout_seconds=9
        )  # the notifications of both come through one channel, in order
        order_id = await shop.paid(1000_00)
        assert await settled(shop, order_id) == [("deposited", "delivered")]

        (parameters,) = parameters_of(receiver)
        await shop.travel(HALF_MINUTE)
        assert await settled(shop, unsigned) == [("deposited", "delivered")]
        assert parameters["sign_alias"] == made.alias
        public = load_pem_x509_certificate(made.certificate.encode()).public_key()
        assert isinstance(public, RSAPublicKey)
        assert is_asymmetric(public, canonical(parameters), parameters["checksum"])
        await set_up(shop, checksum=None, timeout_seconds=None)


async def test_the_sandbox_shows_callbacks_and_sends_them_again(
    database_url: str, tmp_path: Path
) -> None:
    async with (
        a_receiver() as receiver,
        a_shop(database_url, tmp_path, urls=receiver.url()) as shop,
    ):
        order_id = await shop.paid(1000_00)
        await settled(shop, order_id)
        (got,) = receiver.got

        which = f"{order_id}.3.1"
        again = await shop.post_json(f"/sandbox/callbacks/{which}/resend", {})
        assert again.status == 200, again.body
        await receiver.until(come(order_id, 2))
        assert receiver.got[1].parameters == got.parameters
        judged = await shop.post_json(
            "/sandbox/callbacks/verify", {"received": urlencode(got.parameters), "shop": "test"}
        )
        assert json.loads(judged.body)["right"] is True


async def test_a_plugin_switches_callbacks_on(database_url: str, tmp_path: Path) -> None:
    basic = b64encode(b"test-api:testPwd1")
    async with (
        a_receiver() as receiver,
        a_shop(database_url, tmp_path, enabled=False) as shop,
    ):
        change = {
            "callbacks_enabled": True,
            "callback_type": "STATIC",
            "callback_addresses": receiver.url(),
            "callback_http_method": "GET",
            "callback_operations": "deposited,approved,declinedByTimeout,reversed,refunded",
        }
        answer = await shop.post_json(
            "/mportal/mvc/public/merchant/update/test",
            change,
            headers=[("authorization", "Basic " + basic.decode())],
        )
        assert answer.status == 200, answer.body
        merchants = shop.gateway.world.merchants
        async with asyncio.timeout(10):
            while not (await merchants.get(1)).settings.callbacks.enabled:  # noqa: ASYNC110
                await asyncio.sleep(0.01)  # the notification of it comes through PostgreSQL
        order_id = await shop.paid(1000_00)
        assert await settled(shop, order_id) == [("deposited", "delivered")]


async def test_stored_card_callback_goes_to_the_static_address(
    database_url: str, tmp_path: Path
) -> None:
    async with (
        a_receiver() as receiver,
        a_shop(database_url, tmp_path, urls=receiver.url()) as shop,
    ):
        merchant = await shop.gateway.world.merchants.by_login("test")
        assert merchant is not None
        notification = BindingNotification(
            operation=CallbackOperation.BINDING_ACTIVITY_CHANGED,
            merchant_id=merchant.merchant_id,
            binding_id=uuid4(),
            version=2,
            client_id="client;42",
            masked_pan="555555**5599",
            enabled=False,
        )
        now = shop.clock.now()
        await OutboxStore(shop.pool).add(
            merchant.merchant_id,
            notification.binding_id,
            notification.version,
            binding_callbacks(notification, merchant, now),
            now,
        )
        (got,) = await receiver.until(lambda got: len(got) == 1)
        assert got.parameters["operation"] == "bindingActivityChanged"
        assert got.parameters["enabled"] == "false"
        assert "mdOrder" not in got.parameters
        assert got.signed_with(DEMO_CALLBACK_KEY)


async def test_metrics_count_the_results_of_callbacks(database_url: str, tmp_path: Path) -> None:
    def attempts(outcome: str) -> float:
        labels = {"kind": "callback", "merchant": "test", "outcome": outcome}
        return REGISTRY.get_sample_value("altyn_outbox_attempts_total", labels) or 0

    async def second_time(_: ReceivedCallback) -> int | None:
        return 200 if len(receiver.got) > 1 else 500

    before = [attempts(outcome) for outcome in ("delivered", "retried", "failed")]
    async with (
        a_receiver(second_time) as receiver,
        a_shop(database_url, tmp_path, urls=receiver.url()) as shop,
    ):
        order_id = await shop.paid(1000_00)
        await failures(shop, order_id, 1)
        await shop.travel(HALF_MINUTE)
        await settled(shop, order_id)
        after = [attempts(outcome) for outcome in ("delivered", "retried", "failed")]
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1, 0]
