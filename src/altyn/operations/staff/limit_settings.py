"""A merchant's limits against card testing: what each may be. Source: merchant-settings.md §10.

0 is no limit of its own, so that of the gateway holds; a limit can be high, and cannot be absent.
"""

from typing import Final

from altyn.operations.staff.setting import Setting
from altyn.operations.staff.setting_rules import within

_ATTEMPTS_MAX: Final = 1_000_000
_PERCENT_MAX: Final = 100
_ZERO: Final = "0: the limit of the gateway, not unlimited"
_PERCENT: Final = f"1 to {_PERCENT_MAX} percent; {_ZERO}"
_ATTEMPTS: Final = f"1 to {_ATTEMPTS_MAX} attempts; {_ZERO}"

LIMIT_SETTINGS: Final = (
    Setting("limits.card_attempts_day", _ATTEMPTS, within(0, _ATTEMPTS_MAX)),
    Setting("limits.address_attempts_hour", _ATTEMPTS, within(0, _ATTEMPTS_MAX)),
    Setting("limits.refusals_count", _ATTEMPTS, within(0, _ATTEMPTS_MAX)),
    Setting("limits.refusals_percent", _PERCENT, within(0, _PERCENT_MAX)),
)
