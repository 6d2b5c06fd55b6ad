"""The output of `altyn merchant`: differences of settings, with secrets masked."""

from altyn.cli.merchants.view import differences, settings_lines, warnings_of
from altyn.domain.callback import CallbackSettings
from altyn.domain.merchant import MerchantSettings, Permission
from tests.builders import a_merchant


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


def test_values_of_headers_are_masked() -> None:
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


def test_unsigned_callbacks_are_named_for_orders_own_addresses_too() -> None:
    dynamic = MerchantSettings(permissions=frozenset({Permission.DYNAMIC_CALLBACK}))
    (warning,) = warnings_of(a_merchant(), dynamic)
    assert warning.startswith("Callbacks are unsigned")
    assert warnings_of(a_merchant(), MerchantSettings()) == []
