"""What the settings pages of the personal account read, change and try out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from altyn.domain.callback import CallbackDelivery
from altyn.domain.merchant import Merchant
from altyn.domain.outbox import ClaimedEntry
from altyn.inbound.personal_account.settings.ports import ChangeSettings, SettingsServices
from altyn.inbound.sandbox.shop_check import ShopCheck
from altyn.main.callback_handler import HandlerServices, open_callback_handler
from altyn.operations.ports import World
from altyn.operations.staff.errors import UnknownMerchantNumberError
from altyn.operations.staff.ports import CurrentSettings
from altyn.security.generated_secrets import new_token
from altyn.security.keys import KeyRing
from altyn.settings import Settings
from altyn.storage.callback_history import CallbackHistory
from altyn.storage.database import Pool
from altyn.storage.merchant_settings import read_settings
from altyn.storage.signing_keys import SigningKeys
from altyn.storage.statements import statement


class Services(Protocol):
    """The services of a process that are used here."""

    @property
    def settings(self) -> Settings: ...
    @property
    def pool(self) -> Pool: ...
    @property
    def world(self) -> World: ...
    @property
    def signing_keys(self) -> SigningKeys: ...
    @property
    def keys(self) -> KeyRing: ...


def settings_services(
    services: Services, change: ChangeSettings, refusal_of_url: Callable[[str], str | None]
) -> SettingsServices:
    """How the settings pages read, change and try out settings."""
    pool, signing_keys, clock = services.pool, services.signing_keys, services.world.clock

    async def in_force(merchant_id: int) -> CurrentSettings:
        rows = await statement("newest_settings").fetch(pool, merchant_id=merchant_id)
        if not rows:
            raise UnknownMerchantNumberError(merchant_id)
        return CurrentSettings(rows[0]["version"], read_settings(rows[0]["settings"]))

    async def new_certificate(merchant_id: int, newest: str) -> str | None:
        created = await signing_keys.create_after(merchant_id, clock.now(), newest=newest)
        return created.alias if created is not None else None

    async def deliver(entry: ClaimedEntry, merchant: Merchant) -> CallbackDelivery:
        handler_services = HandlerServices(
            services.settings, pool, services.world, signing_keys, services.keys
        )
        async with open_callback_handler(handler_services) as handler:
            result = await handler.deliver(entry, merchant)
        assert isinstance(result.record, CallbackDelivery), "callbacks keep their delivery"
        return result.record

    return SettingsServices(
        in_force=in_force,
        change=change,
        refusal_of_url=refusal_of_url,
        certificates=signing_keys.certificates,
        new_certificate=new_certificate,
        deliver=deliver,
        new_key=new_token,
        check=ShopCheck(signing_keys.certificates),
        history=CallbackHistory(pool),
    )
