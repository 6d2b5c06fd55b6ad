"""The settings of receipts: what each may be. Source: fiscal.md §12; merchant-settings.md §9."""

from collections.abc import Mapping
from typing import Final

from altyn.domain.cart.codes import PAYMENT_METHODS, PAYMENT_OBJECTS, TAX_SYSTEMS, TAX_TYPES
from altyn.domain.receipt.settings import FfdVersion, FiscalProvider, SimulatedFault
from altyn.operations.staff.setting import Setting
from altyn.operations.staff.setting_rules import matches, one_of, within

ANSWER_VERSION_MAX: Final = 5
PRODUCT_NAME_LENGTH_MAX: Final = 128


def _code(key: str, codes: Mapping[int, object], section: str) -> Setting:
    allowed = f"a code of fiscal.md §{section}: {', '.join(map(str, codes))}"
    return Setting(key, allowed, codes.__contains__)


FISCAL_SETTINGS: Final = (
    Setting("fiscal.provider", f"one of {one_of(FiscalProvider)}", lambda _: True),
    Setting("fiscal.ffd", f"one of {one_of(FfdVersion)}", lambda _: True),
    Setting("fiscal.inn", "10 or 12 digits, or empty", matches(r"([0-9]{10}|[0-9]{12})?")),
    Setting("fiscal.group", "at most 255 printable characters", matches(r"[!-~]{0,255}")),
    Setting("fiscal.login", "at most 255 printable characters", matches(r"[!-~]{0,255}")),
    _code("fiscal.tax_system", TAX_SYSTEMS, "4.1"),
    _code("fiscal.tax_type", TAX_TYPES, "4.2"),
    _code("fiscal.payment_method", PAYMENT_METHODS, "4.3"),
    _code("fiscal.payment_object", PAYMENT_OBJECTS, "4.4"),
    Setting(
        "fiscal.product_name",
        f"1 to {PRODUCT_NAME_LENGTH_MAX} printable characters",
        lambda name: 0 < len(name.strip()) <= PRODUCT_NAME_LENGTH_MAX and name.isprintable(),
    ),
    Setting("fiscal.default_line", "true or false", lambda _: True),
    Setting("fiscal.answer_version", f"1 to {ANSWER_VERSION_MAX}", within(1, ANSWER_VERSION_MAX)),
    Setting("fiscal.mail", "true or false", lambda _: True),
    Setting("fiscal.simulated_fault", f"one of {one_of(SimulatedFault)}", lambda _: True),
    Setting("fiscal.strict_payer_identity", "true or false", lambda _: True),
)
