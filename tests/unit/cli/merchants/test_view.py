"""The output of `altyn merchant`: differences of settings, with secrets masked."""

from altyn.cli.merchants.members import settings_members
from altyn.cli.merchants.view import (
    differences,
    settings_lines,
    unknown_names_of,
    warnings_of,
)
from altyn.domain.callback import CallbackSettings
from altyn.domain.merchant import MerchantSettings, Permission
from altyn.domain.receipt.settings import FiscalSettings
from altyn.protocol.dialects.classic.callbacks.parameters import OPTIONAL_NAMES
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


def test_password_at_the_fiscal_provider_is_masked_even_encrypted() -> None:
    fiscal = FiscalSettings(login="shop-login", password="encrypted1:abcd")
    after = MerchantSettings(fiscal=fiscal)

    changed = differences(MerchantSettings(), after)
    assert changed == ["fiscal.login: none → shop-login", "fiscal.password: none → •••"]
    shown = [*settings_lines(after), str(settings_members(after)), repr(after)]
    assert not any("abcd" in line for line in shown)
    assert settings_members(MerchantSettings())["fiscal.password"] == ""


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
    (warning,) = warnings_of(a_merchant(), dynamic, has_certificate=False)
    assert warning.startswith("Callbacks are unsigned")
    assert warnings_of(a_merchant(), MerchantSettings(), has_certificate=False) == []


def test_names_that_no_callback_has_are_named_with_the_nearest_one() -> None:
    callbacks = CallbackSettings(parameters=("formattedAmount", "amountt", "amount", "mdOrder"))
    settings = MerchantSettings(callbacks=callbacks, dialects=("classic", "v3"))
    absent = "is not a parameter of callbacks. It is sent only for orders that have it in their"
    known = unknown_names_of(settings)
    assert known[0].startswith(f"callbacks.parameters: formattedAmount {absent} jsonParams.")
    assert known[1] == (f"callbacks.parameters: amountt {absent} jsonParams. Did you mean amount?")
    assert known[2:] == ["dialects: v3: only a gateway with this dialect added serves it."]


def test_names_that_callbacks_have_are_not_mentioned() -> None:
    settings = MerchantSettings(callbacks=CallbackSettings(parameters=OPTIONAL_NAMES))
    assert unknown_names_of(settings) == []


def test_logo_in_a_data_address_is_shortened() -> None:
    after = MerchantSettings(page_logo="data:image/png;base64," + "A" * 9_000)

    assert differences(MerchantSettings(), after) == [
        "page_logo: none → data:image/png;base64,… (9022 characters)"
    ]
