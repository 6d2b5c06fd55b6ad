"""Shops and their settings as JSON, with the keys that `altyn merchant set` takes.

Secrets are masked as in the text. Dates: ISO 8601, UTC.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from altyn.cli.merchants.view import settings_by_key, shown_value
from altyn.domain.merchant import DEMANDING, Merchant, MerchantSettings, Permission
from altyn.operations.staff.merchants import MerchantDetails
from altyn.operations.staff.setting_table import SETTINGS


def merchant_members(merchant: Merchant, parent: str | None = None) -> dict[str, Any]:
    """A shop in a list. `parent`: the login of its parent."""
    settings = merchant.settings
    return {
        "merchantLogin": merchant.login,
        "merchantFullName": merchant.name,
        "currency": settings.default_currency,
        "callbackUrls": list(settings.callbacks.urls),
        "parent": parent,
        "blocked": merchant.blocked,
    }


def detail_members(shown: MerchantDetails) -> dict[str, Any]:
    """A shop with its users, settings, permissions, certificates and changes of settings."""
    merchant = shown.merchant
    return {
        "merchantLogin": merchant.login,
        "merchantFullName": merchant.name,
        "blocked": merchant.blocked,
        "users": [
            {
                "userName": user.login,
                "role": user.role,
                "mustChangePassword": user.must_change_password,
                "blocked": user.blocked,
            }
            for user in shown.users
        ],
        "tokens": shown.tokens,
        "settings": settings_members(merchant.settings),
        "permissions": sorted(merchant.settings.permissions),
        "certificates": [
            {"alias": each.alias, "since": _date(each.created_at)} for each in shown.certificates
        ],
        "changes": [
            {"version": each.version, "date": _date(each.changed_at), "by": each.changed_by}
            for each in shown.history
        ],
    }


def settings_members(settings: MerchantSettings) -> dict[str, Any]:
    """The settings by key, without the permissions."""
    values = settings_by_key(settings)
    return {key: shown_value(key, each) for key, each in values.items() if key != "permissions"}


def change_members(
    merchant: Merchant, after: MerchantSettings, notes: Sequence[str]
) -> dict[str, Any]:
    """A change of settings: the settings that differ now, permissions, and what is to be noted."""
    old, new = settings_members(merchant.settings), settings_members(after)
    before = merchant.settings.permissions
    return {
        "merchantLogin": merchant.login,
        "settings": {key: value for key, value in new.items() if value != old[key]},
        "granted": sorted(after.permissions - before),
        "revoked": sorted(before - after.permissions),
        "notes": list(notes),
    }


def choice_members() -> dict[str, Any]:
    """Every setting with its allowed values, and every permission."""
    return {
        "settings": {each.key: each.allowed for each in SETTINGS if each.key != "permissions"},
        "permissions": {
            str(each): "adds a requirement" if each in DEMANDING else "" for each in Permission
        },
    }


def _date(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
