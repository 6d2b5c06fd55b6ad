"""A merchant's limits against card testing: what each may be. Source: merchant-settings.md §10."""

from typing import Final

from altyn.operations.staff.setting import Setting
from altyn.operations.staff.setting_rules import within

_ATTEMPTS_MAX: Final = 1_000_000
_PERCENT_MAX: Final = 100
_PERCENT: Final = f"1 to {_PERCENT_MAX} percent; 0: as the gateway"
_ATTEMPTS: Final = f"1 to {_ATTEMPTS_MAX} attempts; 0: as the gateway"

LIMIT_SETTINGS: Final = (
    Setting("limits.card_attempts_day", _ATTEMPTS, within(0, _ATTEMPTS_MAX)),
    Setting("limits.address_attempts_hour", _ATTEMPTS, within(0, _ATTEMPTS_MAX)),
    Setting("limits.refusals_count", _ATTEMPTS, within(0, _ATTEMPTS_MAX)),
    Setting("limits.refusals_percent", _PERCENT, within(0, _PERCENT_MAX)),
)
