"""Changes to a shop as they are typed: settings, permissions, and slips."""

import pytest

from altyn.cli.merchants.changes import read_changes
from altyn.cli.merchants.view import differences, settings_lines
from altyn.cli.output import CommandError
from altyn.domain.callback import CallbackSettings
from altyn.domain.merchant import MerchantSettings, Permission


def test_words_become_changes() -> None:
    changes = read_changes(
        ["hold_days=5", "+refund", "-two_phase", "callbacks.urls=https://a/?x=1"]
    )

    assert changes.applied_to({Permission.TWO_PHASE, Permission.VERIFY}) == {
        "hold_days": "5",
        "callbacks.urls": "https://a/?x=1",
        "permissions": ["refund", "verify"],
    }


def test_permissions_that_are_not_named_are_left_alone() -> None:
    assert read_changes(["mcc=5411"]).applied_to({Permission.REFUND}) == {"mcc": "5411"}


@pytest.mark.parametrize("word", ["hold_days=", "hold_days=default"])
def test_a_setting_goes_back_to_its_default(word: str) -> None:
    assert read_changes([word]).settings == {"hold_days": None}


@pytest.mark.parametrize("word", ["refund", "=5", "+refunds", "-h"])
def test_a_slip_is_told(word: str) -> None:
    with pytest.raises(CommandError):
        read_changes([word])


def test_opened_and_closed_at_once_is_refused() -> None:
    with pytest.raises(CommandError, match="refund"):
        read_changes(["+refund", "-refund"])


def test_differences_name_what_changed_and_hide_secrets() -> None:
    before = MerchantSettings(permissions=frozenset({Permission.REFUND}))
    after = MerchantSettings(
        permissions=frozenset({Permission.VERIFY}),
        hold_days=5,
        callbacks=CallbackSettings(key="12345678"),
    )

    assert differences(before, after) == [
        "hold_days: 7 → 5",
        "callbacks.key: none → •••",
        "+verify",
        "-refund",
    ]
    assert not any("12345678" in line for line in settings_lines(after))


def test_values_of_headers_are_secrets_as_the_key_is() -> None:
    before = MerchantSettings(callbacks=CallbackSettings(headers=("Authorization=Bearer abcd",)))
    after = MerchantSettings(
        callbacks=CallbackSettings(headers=("Authorization=Bearer wxyz", "X-Shop=a=b"))
    )

    assert differences(before, after) == [
        "callbacks.headers: Authorization=••• → Authorization=•••,X-Shop=•••"
    ]
    shown = "\n".join(settings_lines(after))
    assert "Authorization=•••,X-Shop=•••" in shown
    assert not any(secret in shown for secret in ("wxyz", "a=b", "Bearer"))
