"""Changes of a shop as they are typed: settings, permissions, and mistakes."""

import pytest

from altyn.cli.merchants.changes import read_changes
from altyn.cli.output import CommandError
from altyn.domain.merchant import Permission
from altyn.operations.staff.errors import SettingRefusedError
from altyn.operations.staff.setting_table import check_changes


def test_words_are_read_as_changes() -> None:
    changes = read_changes(
        ["hold_days=5", "+refund", "-two_phase", "callbacks.urls=https://a/?x=1"]
    )

    assert changes.applied_to({Permission.TWO_PHASE, Permission.VERIFY}) == {
        "hold_days": "5",
        "callbacks.urls": "https://a/?x=1",
        "permissions": ["refund", "verify"],
    }


def test_permissions_that_are_not_named_stay_unchanged() -> None:
    assert read_changes(["mcc=5411"]).applied_to({Permission.REFUND}) == {"mcc": "5411"}


@pytest.mark.parametrize("word", ["hold_days=", "hold_days=default"])
def test_empty_value_restores_the_default(word: str) -> None:
    assert read_changes([word]).settings == {"hold_days": None}


@pytest.mark.parametrize("word", ["refund", "=5", "+refunds", "-h"])
def test_word_that_is_not_a_change_is_refused(word: str) -> None:
    with pytest.raises(CommandError):
        read_changes([word])


def test_unknown_option_is_not_read_as_a_permission() -> None:
    with pytest.raises(CommandError, match="no option of this command"):
        read_changes(["--jsn"])


def test_permission_both_granted_and_revoked_is_refused() -> None:
    with pytest.raises(CommandError, match="refund"):
        read_changes(["+refund", "-refund"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("+refunds", "refund"), ("-two-phase", "two_phase"), ("+Verify", "verify")],
)
def test_nearest_permission_is_suggested(typed: str, meant: str) -> None:
    with pytest.raises(CommandError, match=rf"did you mean {meant}\?"):
        read_changes([typed])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hold_day", "hold_days"),
        ("callback.url", "callbacks.urls"),
        ("urls", "callbacks.urls"),
        ("Hold_Days", "hold_days"),
    ],
)
def test_nearest_setting_is_suggested(typed: str, meant: str) -> None:
    with pytest.raises(SettingRefusedError, match=rf"{typed}: .*did you mean {meant}\?"):
        check_changes({typed: "5"})


def test_all_settings_are_named_when_none_is_near() -> None:
    with pytest.raises(SettingRefusedError, match="there are permissions, dialects"):
        check_changes({"xyzzy": "5"})
