"""Each role of staff may do only what its row in RIGHTS allows, for its own merchant."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

import pytest

from altyn.domain.callback import CallbackSettings
from altyn.domain.merchant import MerchantSettings
from altyn.operations.staff import merchants, settings, tokens, users
from altyn.operations.staff.actors import RIGHTS, Right, StaffActor, StaffRole
from altyn.operations.staff.errors import NotPermittedError, UnknownMerchantNumberError
from altyn.operations.staff.ports import (
    CurrentSettings,
    SettingsUpdate,
    StaffContext,
    StaffStore,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
OWN, OTHER = 1, 2


@dataclass
class Store:
    """A store with the settings of two merchants; any other use fails the test."""

    versions: dict[int, CurrentSettings] = field(
        default_factory=lambda: {
            number: CurrentSettings(1, MerchantSettings()) for number in (OWN, OTHER)
        }
    )
    saved: list[SettingsUpdate] = field(default_factory=list)
    races_to_lose: int = 0

    async def settings_in_force(self, merchant_id: int) -> CurrentSettings | None:
        return self.versions.get(merchant_id)

    async def add_settings(self, update: SettingsUpdate) -> bool:
        if self.races_to_lose:
            self.races_to_lose -= 1
            other = MerchantSettings(currencies=("840",), default_currency="840")
            self.versions[update.merchant_id] = CurrentSettings(update.version, other)
            return False
        self.saved.append(update)
        return True


class StoppedClock:
    def now(self) -> datetime:
        return NOW


async def no_hashing(_: str) -> str:
    raise AssertionError("a password was hashed")


def a_context(actor: StaffActor, store: Store | None = None) -> StaffContext:
    return StaffContext(
        actor=actor,
        store=cast("StaffStore", store or Store()),
        clock=StoppedClock(),
        hash_password=no_hashing,
    )


OPERATOR = StaffActor(name="anna", role=StaffRole.OPERATOR)
SHOP_USER = StaffActor(name="shop-api", role=StaffRole.SHOP_USER, merchant_id=OWN)

USE_CASES: Sequence[Callable[[StaffContext], Awaitable[object]]] = (
    merchants.list_merchants,
    lambda context: merchants.find_merchant("shop", context),
    lambda context: merchants.merchant_details("shop", context),
    lambda context: merchants.add_merchant("new", "New", context, settings=MerchantSettings()),
    lambda context: merchants.block_merchant("shop", context, blocked=True),
    lambda context: users.add_api_user("shop", "shop-2", "a password", context),
    lambda context: users.set_password("shop-api", "a password", context, must_change=False),
    lambda context: users.block_user("shop-api", context, blocked=True),
    lambda context: tokens.add_token("shop-api", "a long token", context),
    lambda context: tokens.remove_token("a long token", context),
    lambda context: settings.change_settings(OWN, {"hold_days": 9}, context),
    lambda context: settings.change_settings(
        OWN, {"callbacks.method": "POST", "permissions": "refund"}, context
    ),
    lambda context: settings.change_settings(OTHER, {"callbacks.method": "POST"}, context),
)


@pytest.mark.parametrize("use_case", USE_CASES)
async def test_shop_user_is_refused(
    use_case: Callable[[StaffContext], Awaitable[object]],
) -> None:
    store = Store()
    with pytest.raises(NotPermittedError, match="shop-api"):
        await use_case(a_context(SHOP_USER, store))
    assert store.saved == []


async def test_shop_user_changes_callback_settings_of_its_own_merchant() -> None:
    store = Store()
    changed = await settings.change_settings(
        OWN, {"callbacks.urls": "https://shop.example/"}, a_context(SHOP_USER, store)
    )
    assert changed.callbacks == CallbackSettings(urls=("https://shop.example/",))
    [saved] = store.saved
    assert (saved.merchant_id, saved.version) == (OWN, 2)
    assert (saved.changed_at, saved.changed_by) == (NOW, "shop-api")


async def test_operator_changes_settings_of_every_merchant() -> None:
    store = Store()
    for merchant_id in (OWN, OTHER):
        await settings.change_settings(merchant_id, {"hold_days": 9}, a_context(OPERATOR, store))
    assert [saved.merchant_id for saved in store.saved] == [OWN, OTHER]


async def test_unknown_merchant_is_refused() -> None:
    with pytest.raises(UnknownMerchantNumberError, match="77"):
        await settings.change_settings(77, {"hold_days": 9}, a_context(OPERATOR))


async def test_lost_race_is_decided_again_on_the_settings_of_the_winner() -> None:
    store = Store(races_to_lose=1)
    changed = await settings.change_settings(OWN, {"hold_days": 9}, a_context(OPERATOR, store))
    assert (changed.hold_days, changed.currencies) == (9, ("840",))
    assert [saved.version for saved in store.saved] == [3]


def test_every_role_has_its_rights() -> None:
    assert RIGHTS.keys() == set(StaffRole)
    assert RIGHTS[StaffRole.OPERATOR] == set(Right)
