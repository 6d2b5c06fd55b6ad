"""A user of the personal account changes only settings that are the shop's own."""

from __future__ import annotations

import pytest

from altyn.domain.merchant import MerchantSettings, Permission
from altyn.inbound.personal_account.settings.setting_words import SETTING_WORDS
from altyn.operations.staff.actors import StaffActor, StaffRole
from altyn.operations.staff.errors import (
    NotPermittedError,
    SettingRefusedError,
    SettingsChangedError,
)
from altyn.operations.staff.ports import CurrentSettings
from altyn.operations.staff.setting_table import SETTINGS
from altyn.operations.staff.settings import change_settings
from altyn.operations.staff.shop_settings import PROVIDER_SETTINGS, SHOP_SETTINGS, are_of_shop
from tests.unit.operations.staff.test_staff_rights import OTHER, OWN, Store, a_context

OWNER = StaffActor(name="shop-owner", role=StaffRole.ACCOUNT_USER, merchant_id=OWN)
KEYS = {setting.key for setting in SETTINGS}
OF_SHOP = {key for keys in SHOP_SETTINGS.values() for key in keys}
SHOWN = {key for keys in PROVIDER_SETTINGS.values() for key in keys}


def test_sections_name_settings_that_exist_once() -> None:
    assert OF_SHOP <= KEYS
    assert SHOWN <= KEYS
    assert not OF_SHOP & SHOWN
    assert len(OF_SHOP) == sum(map(len, SHOP_SETTINGS.values()))
    assert {*SETTING_WORDS} == OF_SHOP | SHOWN


@pytest.mark.parametrize("key", sorted(KEYS - OF_SHOP))
async def test_settings_of_the_provider_are_refused(key: str) -> None:
    if key.startswith("callbacks."):
        pytest.fail("every setting of callbacks is the shop's own")
    store = Store()
    with pytest.raises(NotPermittedError, match="may not change settings"):
        await change_settings(OWN, {key: None}, a_context(OWNER, store))
    with pytest.raises(NotPermittedError):
        await change_settings(OWN, {"show_final_page": True, key: None}, a_context(OWNER, store))
    assert not store.saved


async def test_settings_of_another_shop_are_refused() -> None:
    for key in sorted(OF_SHOP):
        with pytest.raises(NotPermittedError, match="of other merchants"):
            await change_settings(OTHER, {key: None}, a_context(OWNER))


async def test_session_timeout_needs_its_permission() -> None:
    store = Store()
    with pytest.raises(SettingRefusedError, match="custom_session"):
        await change_settings(OWN, {"session_timeout_seconds": 60}, a_context(OWNER, store))
    opened = MerchantSettings(permissions=frozenset({Permission.CUSTOM_SESSION}))
    store.versions[OWN] = CurrentSettings(1, opened)
    changed = await change_settings(OWN, {"session_timeout_seconds": 60}, a_context(OWNER, store))
    assert changed.session_timeout_seconds == 60


async def test_change_for_an_older_version_is_refused() -> None:
    store = Store()
    with pytest.raises(SettingsChangedError, match="version 1 is in force"):
        await change_settings(OWN, {"show_final_page": True}, a_context(OWNER, store), version=0)
    await change_settings(OWN, {"show_final_page": True}, a_context(OWNER, store), version=1)
    assert [update.version for update in store.saved] == [2]


async def test_change_that_meets_another_one_is_refused_for_its_version() -> None:
    store = Store(races_to_lose=1)
    with pytest.raises(SettingsChangedError, match="version 2 is in force"):
        await change_settings(OWN, {"show_final_page": True}, a_context(OWNER, store), version=1)
    assert not store.saved


def test_a_mix_of_settings_is_of_the_provider() -> None:
    assert are_of_shop(["show_final_page", "callbacks.urls"])
    assert not are_of_shop(["show_final_page", "permissions"])
