"""What 0 means as a limit: that of the gateway where it has one, and else it is refused."""

from __future__ import annotations

import pytest

from altyn.domain.card.attempt_limits import PRODUCTION_LIMITS, AttemptLimits
from altyn.domain.merchant import MerchantSettings
from altyn.operations.staff.errors import SettingRefusedError
from altyn.operations.staff.setting_table import SETTINGS, changed_settings, check_changes
from altyn.settings import SettingsError, read

OF_CARD_TESTING = [each.key for each in SETTINGS if each.key.startswith("limits.")]
OF_LINKS = [each.key for each in SETTINGS if each.key.startswith("links.")]
OF_GATEWAY = (
    "ALTYN_CARD_ATTEMPTS_DAY",
    "ALTYN_ADDRESS_ATTEMPTS_HOUR",
    "ALTYN_REFUSALS_COUNT",
    "ALTYN_REFUSALS_PERCENT",
)


def limits_with(key: str, value: int) -> AttemptLimits:
    settings = changed_settings(MerchantSettings(), check_changes({key: value}))
    return PRODUCTION_LIMITS.with_own(settings.limits)


@pytest.mark.parametrize("key", OF_CARD_TESTING)
def test_limit_of_0_of_a_merchant_is_the_limit_of_the_gateway(key: str) -> None:
    assert limits_with(key, 0) == PRODUCTION_LIMITS
    assert limits_with(key, 7) != PRODUCTION_LIMITS


@pytest.mark.parametrize("setting", [each for each in SETTINGS if each.key in OF_CARD_TESTING])
def test_text_of_a_limit_explains_0(setting: object) -> None:
    assert "0: the limit of the gateway, not unlimited" in str(setting)


@pytest.mark.parametrize("key", ["payment_attempts", *OF_LINKS])
def test_limit_of_0_without_one_of_the_gateway_is_refused(key: str) -> None:
    with pytest.raises(SettingRefusedError, match="1 to"):
        check_changes({key: 0})


@pytest.mark.parametrize("name", OF_GATEWAY)
def test_limit_of_0_of_the_gateway_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read({name: "0"})
