"""Settings: every one has its rule, and a refusal says which setting and what is allowed."""

from __future__ import annotations

from dataclasses import fields

import msgspec
import pytest

from altyn.domain.merchant import (
    OPENING,
    CallbackMode,
    CallbackSettings,
    MerchantSettings,
    Permission,
)
from altyn.storage.merchant_settings import (
    SETTINGS,
    SettingRefusedError,
    change_settings,
    read_settings,
    settings_said,
)


def test_every_setting_has_its_row() -> None:
    names = {field.name for field in fields(MerchantSettings)} - {"callbacks"}
    names |= {f"callbacks.{field.name}" for field in fields(CallbackSettings)}
    assert [setting.key for setting in SETTINGS] == sorted(
        names, key=[setting.key for setting in SETTINGS].index
    )


def test_what_the_code_takes_for_granted_keeps_the_rules() -> None:
    changes = {}
    for key in (setting.key for setting in SETTINGS):
        owner = MerchantSettings().callbacks if key.startswith("callbacks.") else MerchantSettings()
        changes[key] = getattr(owner, key.rpartition(".")[2])
    assert read_settings(change_settings("{}", changes)) == MerchantSettings()


def test_only_what_was_set_is_stored() -> None:
    assert settings_said(MerchantSettings()) == {}
    assert change_settings("{}", {}) == "{}"
    stored = change_settings("{}", {"hold_days": 9, "callbacks.key": "long enough"})
    assert msgspec.json.decode(stored) == {"hold_days": 9, "callbacks": {"key": "long enough"}}


def test_none_puts_a_setting_back() -> None:
    stored = change_settings("{}", {"hold_days": 9, "callbacks.key": "long enough"})
    back = change_settings(stored, {"hold_days": None, "callbacks.key": None, "mcc": None})
    assert read_settings(back) == MerchantSettings()


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("hold_days", "30", 30),
        ("show_final_page", "true", True),
        ("currencies", "643, 840", ("643", "840")),
        ("ip_allow_list", "", ()),
        ("permissions", "refund,two_phase", {Permission.REFUND, Permission.TWO_PHASE}),
        ("mcc", "7011", "7011"),
    ],
)
def test_a_person_may_write_a_value_as_text(key: str, text: str, value: object) -> None:
    assert getattr(read_settings(change_settings("{}", {key: text})), key) == value


def test_a_typed_value_is_stored_as_it_is() -> None:
    stored = change_settings("{}", {"permissions": OPENING, "callbacks.mode": CallbackMode.DYNAMIC})
    settings = read_settings(stored)
    assert settings.permissions == OPENING
    assert settings.callbacks.mode is CallbackMode.DYNAMIC
    assert change_settings("{}", {"permissions": set(OPENING)}) == change_settings(
        "{}", {"permissions": sorted(OPENING)}
    )


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("hold_day", 7, "no such setting; there are permissions"),
        ("callbacks", {}, "no such setting"),
        ("callbacks.secret", "x", "no such setting"),
        ("permissions", "refunds", "reversal"),
        ("hold_days", 0, "1 to 365 days"),
        ("hold_days", 1.5, "1 to 365 days"),
        ("hold_days", "many", "1 to 365 days"),
        ("session_timeout_seconds", 1_000_000_000, "1 to 999999999 seconds"),
        ("default_language", "xx", "one of de, en"),
        ("default_currency", "036", "one of 051"),
        ("currencies", "", "at least one"),
        ("currencies", "643,036", "at least one"),
        ("status_version", 47, "1 to 46"),
        ("tds_version", "3", "1 or 2"),
        ("ip_allow_list", "192.0.2.0/33", "192.0.2.0/24"),
        ("terminal", "123456789", "1 to 8 letters and digits"),
        ("terminal", "терминал", "1 to 8 letters and digits"),
        ("mcc", "701\n", "four digits"),
        ("callbacks.urls", "shop.example/callback", "http or https"),
        ("callbacks.urls", "ftp://shop.example", "http or https"),
        ("callbacks.urls", "http://[", "http or https"),
        ("callbacks.mode", "sometimes", "dynamic, static"),
        ("callbacks.operations", "exploded", "approved"),
        ("callbacks.key", "short", "8 to 256 characters"),
    ],
)
def test_a_refusal_names_the_setting_and_what_is_allowed(
    key: str, value: object, allowed: str
) -> None:
    with pytest.raises(SettingRefusedError) as refused:
        change_settings("{}", {key: value})
    assert refused.value.key == key
    assert allowed in refused.value.allowed
    assert str(refused.value).startswith(f"{key}: ")


def test_a_refusal_does_not_repeat_a_key() -> None:
    with pytest.raises(SettingRefusedError) as refused:
        change_settings("{}", {"callbacks.key": ["a secret key"]})
    assert "secret" not in str(refused.value)


def test_settings_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(SettingRefusedError, match="default_currency: one of the merchant's"):
        change_settings("{}", {"default_currency": "840"})
    with pytest.raises(SettingRefusedError, match="amount_min_minor: at most"):
        change_settings("{}", {"amount_min_minor": 500, "amount_max_minor": 400})
    stored = change_settings("{}", {"currencies": "643,840", "default_currency": "840"})
    with pytest.raises(SettingRefusedError, match="default_currency"):
        change_settings(stored, {"currencies": "643"})
