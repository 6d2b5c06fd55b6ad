"""The settings of the ways to pay: what each may be. Source: merchant-settings.md §6."""

from typing import Final

from altyn.operations.staff.setting import Setting
from altyn.operations.staff.setting_rules import within

_AMOUNT_MAX: Final = 999_999_999_999
_AMOUNT: Final = f"1 to {_AMOUNT_MAX} minor units"

WAY_SETTINGS: Final = (
    Setting("sberpay.amount_min_minor", _AMOUNT, within(1, _AMOUNT_MAX)),
    Setting("sberpay.amount_max_minor", _AMOUNT, within(1, _AMOUNT_MAX)),
    Setting("sberpay.inactive", "true or false", lambda _: True),
    Setting("bnpl.only", "true or false", lambda _: True),
    Setting("bnpl.amount_min_minor", _AMOUNT, within(1, _AMOUNT_MAX)),
    Setting("bnpl.amount_max_minor", _AMOUNT, within(1, _AMOUNT_MAX)),
)
