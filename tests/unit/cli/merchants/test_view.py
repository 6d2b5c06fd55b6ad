"""The output of `altyn merchant`: differences of settings, with secrets masked."""

from altyn.cli.merchants.view import differences, settings_lines
from altyn.domain.callback import CallbackSettings
from altyn.domain.merchant import MerchantSettings, Permission


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


def test_logo_in_a_data_address_is_shortened() -> None:
    after = MerchantSettings(page_logo="data:image/png;base64," + "A" * 9_000)

    assert differences(MerchantSettings(), after) == [
        "page_logo: none → data:image/png;base64,… (9022 characters)"
    ]
