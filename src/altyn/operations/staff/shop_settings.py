"""Which settings a shop changes itself, in its personal account; all others are the provider's.

Source: personal-account.md §6, §7; merchant-settings.md §3.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from altyn.domain.merchant import MerchantSettings, Permission
from altyn.operations.staff.errors import SettingRefusedError


class SettingSection(StrEnum):
    """A group of settings that are shown and saved together."""

    GENERAL = "general"
    CALLBACKS = "callbacks"
    FISCAL = "fiscal"
    PAGE = "page"
    WAYS = "ways"


SHOP_SETTINGS: Final[Mapping[SettingSection, tuple[str, ...]]] = MappingProxyType(
    {
        SettingSection.GENERAL: (
            "show_final_page",
            "default_language",
            "session_timeout_seconds",
            "payer_email_notify",
            "return_query_before_fragment",
            "cart_faults_in_answer",
            "ip_allow_list",
        ),
        SettingSection.CALLBACKS: (
            "callbacks.enabled",
            "callbacks.urls",
            "callbacks.method",
            "callbacks.operations",
            "callbacks.checksum",
            "callbacks.parameters",
            "callbacks.payer_parameters",
            "callbacks.headers",
            "callbacks.attempts",
            "callbacks.interval_seconds",
            "callbacks.growing",
            "callbacks.timeout_seconds",
            "callbacks.key",
        ),
        SettingSection.FISCAL: (
            "fiscal.provider",
            "fiscal.ffd",
            "fiscal.inn",
            "fiscal.group",
            "fiscal.login",
            "fiscal.password",
            "fiscal.payment_address",
            "fiscal.company_email",
            "fiscal.tax_system",
            "fiscal.tax_type",
            "fiscal.payment_method",
            "fiscal.payment_object",
            "fiscal.product_name",
            "fiscal.default_line",
            "fiscal.mail",
            "fiscal.strict_payer_identity",
            "fiscal.answer_version",
        ),
        SettingSection.PAGE: ("page_names", "page_logo", "page_holder", "page_frame_origins"),
        SettingSection.WAYS: (
            "allowed_payment_ways",
            "sberpay.amount_min_minor",
            "sberpay.amount_max_minor",
            "bnpl.amount_min_minor",
            "bnpl.amount_max_minor",
            "credit.amount_min_minor",
            "credit.amount_max_minor",
        ),
    }
)
"""The keys of the settings that are a shop's own, by section, in the order of the page."""

PROVIDER_SETTINGS: Final[Mapping[SettingSection, tuple[str, ...]]] = MappingProxyType(
    {
        SettingSection.GENERAL: (
            "default_currency",
            "currencies",
            "amount_min_minor",
            "amount_max_minor",
            "payment_attempts",
            "hold_days",
            "status_version",
        ),
        SettingSection.WAYS: ("bnpl.only", "credit.product_ids"),
    }
)
"""The keys of settings that the shop sees, and only the provider changes."""

_OWN: Final = frozenset(key for keys in SHOP_SETTINGS.values() for key in keys)
NEEDED_PERMISSIONS: Final[Mapping[str, Permission]] = MappingProxyType(
    {"session_timeout_seconds": Permission.CUSTOM_SESSION}
)
"""Settings that a shop may change only with a permission of the provider."""


def are_of_shop(keys: Iterable[str]) -> bool:
    """Whether a shop may change all these settings itself."""
    return _OWN.issuperset(keys)


def may_change(key: str, settings: MerchantSettings) -> bool:
    """Whether the provider has opened a shop's own setting for this shop."""
    needed = NEEDED_PERMISSIONS.get(key)
    return needed is None or needed in settings.permissions


def refuse_unopened(keys: Iterable[str], settings: MerchantSettings) -> None:
    """Raise SettingRefusedError for a setting that the provider has not opened for the shop."""
    for key in keys:
        if not may_change(key, settings):
            needed = NEEDED_PERMISSIONS[key]
            raise SettingRefusedError(key, f"only with the permission {needed}: ask the provider")
