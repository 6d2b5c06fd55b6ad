"""Settings that a plugin changes, over the real store: they are in force in every process."""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable, Mapping

from starlette.applications import Starlette

from altyn.domain.callback import CallbackSettings
from altyn.domain.merchant import MerchantSettings
from altyn.inbound.personal_account.plugin_settings import routes
from altyn.operations.staff.actors import StaffActor
from altyn.operations.staff.merchants import merchant_details
from altyn.operations.staff.settings import change_settings
from altyn.storage.database import Pool
from altyn.storage.staff import staff_context
from tests.asgi_client import Answer, AsgiClient
from tests.integration.storage.processes import TOKEN_KEY, Process, Staff, StoppedClock, eventually
from tests.staff import AUDIT_KEY

Start = Callable[[], Awaitable[Process]]


async def call(pool: Pool, process: Process, members: Mapping[str, object]) -> Answer:
    """A plugin of the shop saves its settings."""

    async def change(
        actor: StaffActor, number: int, changes: Mapping[str, object]
    ) -> MerchantSettings:
        async with pool.acquire() as connection:
            clock = StoppedClock()
            staff = staff_context(
                connection, actor=actor, clock=clock, token_key=TOKEN_KEY, audit_key=AUDIT_KEY
            )
            return await change_settings(number, changes, staff)

    endpoint = routes(process.credentials, process.merchants, change, lambda _: None)
    basic = base64.b64encode(b"shop-api:secret-shop").decode()
    return await AsgiClient(Starlette(routes=endpoint)).post(
        "/mportal/mvc/public/merchant/update/shop",
        body=json.dumps(members).encode(),
        headers={"authorization": f"Basic {basic}"},
    )


async def test_change_by_a_plugin_is_in_force_in_every_process(
    pool: Pool, start_process: Start
) -> None:
    shop = await Staff(pool).add_shop("shop")
    here, there = await start_process(), await start_process()
    assert await there.merchants.get(shop.merchant_id) == shop
    members = {
        "callbacks_enabled": True,
        "callback_type": "DYNAMIC",
        "callback_addresses": "https://shop.example?wc-api=rbs&x=1,2;https://two.example",
        "callback_operations": "deposited,approved",
    }
    answer = await call(pool, here, members)
    assert (answer.status, answer.json()["success"]) == (200, True)

    async def in_force() -> bool:
        settings = (await there.merchants.get(shop.merchant_id)).settings
        return settings.callbacks == CallbackSettings(
            urls=("https://shop.example?wc-api=rbs&x=1,2", "https://two.example"),
            operations=("deposited", "approved"),
        )

    await eventually(in_force)
    async with Staff(pool).at_work() as staff:
        history = (await merchant_details("shop", staff)).history
    assert [version.changed_by for version in history] == ["shop-api", "anna"]


async def test_rules_of_settings_apply_to_plugins(pool: Pool, start_process: Start) -> None:
    shop = await Staff(pool).add_shop("shop")
    process = await start_process()
    answer = await call(pool, process, {"callback_addresses": "https://user:secret@shop.example"})
    assert answer.status == 400
    assert answer.json()["error"].startswith("callbacks.urls: a list of at most 10")
    assert "secret" not in answer.text
    assert await process.merchants.get(shop.merchant_id) == shop
