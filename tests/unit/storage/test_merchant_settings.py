"""Settings as they are stored: only those that differ from the default, and unknown ones kept."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from altyn.domain.callback import CallbackMethod
from altyn.domain.merchant import OPENING, MerchantSettings
from altyn.operations.staff.setting_table import check_changes, differences_from_default
from altyn.storage.merchant_settings import merge_changes, read_settings


def change_settings(stored: str, changes: Mapping[str, object]) -> str:
    """The row that is stored after some changes."""
    return merge_changes(stored, check_changes(changes))


def test_only_what_was_set_is_stored() -> None:
    assert differences_from_default(MerchantSettings()) == {}
    assert change_settings("{}", {}) == "{}"
    stored = change_settings("{}", {"hold_days": 9, "callbacks.key": "long enough"})
    assert msgspec.json.decode(stored) == {"hold_days": 9, "callbacks": {"key": "long enough"}}


def test_none_removes_a_setting() -> None:
    stored = change_settings("{}", {"hold_days": 9, "callbacks.key": "long enough"})
    back = change_settings(stored, {"hold_days": None, "callbacks.key": None, "mcc": None})
    assert read_settings(back) == MerchantSettings()


def test_typed_value_is_read_back_as_it_was_stored() -> None:
    stored = change_settings(
        "{}", {"permissions": OPENING, "callbacks.method": CallbackMethod.JSON}
    )
    settings = read_settings(stored)
    assert settings.permissions == OPENING
    assert settings.callbacks.method is CallbackMethod.JSON
    assert change_settings("{}", {"permissions": set(OPENING)}) == change_settings(
        "{}", {"permissions": sorted(OPENING)}
    )
