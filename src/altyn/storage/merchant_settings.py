"""A merchant's settings as they are stored and as somebody may change them.

Only what was set is stored, so that what was left unsaid follows the code; what a newer version has
set is kept and not understood, so that old and new code run side by side.
Source: merchant-settings.md.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final, get_origin, get_type_hints
from urllib.parse import urlsplit

import msgspec

from altyn.domain.callback import Notification
from altyn.domain.merchant import CallbackMode, CallbackSettings, MerchantSettings, Permission
from altyn.domain.money import CURRENCIES

_AMOUNT_MAX: Final = 999_999_999_999
_ADDRESS_LENGTH_MAX: Final = 512
_LANGUAGES: Final = frozenset({"ru", "en", "de", "fr", "es", "it", "zh", "ja", "ko", "ua", "kz"})
_CALLBACKS: Final = "callbacks."


class SettingRefusedError(Exception):
    """A setting cannot have this value; the text names the setting and what is allowed."""

    def __init__(self, key: str, allowed: str) -> None:
        super().__init__(f"{key}: {allowed}")
        self.key = key
        self.allowed = allowed


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its name, what it may be in words, and the rule behind the words."""

    key: str
    allowed: str
    holds: Callable[[Any], bool]


def _one_of(words: type[StrEnum] | frozenset[str] | Mapping[str, object]) -> str:
    return ", ".join(sorted(str(word) for word in words))


def _within(first: int, last: int) -> Callable[[int], bool]:
    return lambda value: first <= value <= last


def _matches(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(pattern, text) is not None


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        is_absolute = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False
    return is_absolute and len(text) <= _ADDRESS_LENGTH_MAX and not re.search(r"\s", text)


_EACH: Final = "a list of any of"

SETTINGS: Final = (
    Setting("permissions", f"{_EACH} {_one_of(Permission)}", lambda _: True),
    Setting("default_language", f"one of {_one_of(_LANGUAGES)}", lambda value: value in _LANGUAGES),
    Setting("default_currency", f"one of {_one_of(CURRENCIES)}", lambda value: value in CURRENCIES),
    Setting(
        "currencies",
        f"{_EACH} {_one_of(CURRENCIES)}, at least one",
        lambda codes: bool(codes) and set(codes) <= CURRENCIES.keys(),
    ),
    Setting("session_timeout_seconds", "1 to 999999999 seconds", _within(1, 999_999_999)),
    Setting("payment_attempts", "1 to 100", _within(1, 100)),
    Setting("hold_days", "1 to 365 days", _within(1, 365)),
    Setting("status_version", "1 to 46", _within(1, 46)),
    Setting("tds_version", "1 or 2", lambda value: value in {"1", "2"}),
    Setting("amount_min_minor", f"0 to {_AMOUNT_MAX} minor units", _within(0, _AMOUNT_MAX)),
    Setting("amount_max_minor", f"1 to {_AMOUNT_MAX} minor units", _within(1, _AMOUNT_MAX)),
    Setting(
        "ip_allow_list",
        "a list of addresses and networks, as 192.0.2.7 or 192.0.2.0/24; empty: everybody",
        lambda networks: all(map(_is_network, networks)),
    ),
    Setting("show_final_page", "true or false", lambda _: True),
    Setting("terminal", "1 to 8 letters and digits", _matches(r"[A-Za-z0-9]{1,8}")),
    Setting("mcc", "four digits", _matches(r"[0-9]{4}")),
    Setting(
        "callbacks.urls",
        "a list of http or https addresses, at most 512 characters each; empty: no callbacks",
        lambda urls: all(map(_is_web_address, urls)),
    ),
    Setting("callbacks.mode", f"one of {_one_of(CallbackMode)}", lambda _: True),
    Setting(
        "callbacks.operations",
        f"{_EACH} {_one_of(Notification)}; empty: all of them",
        lambda words: set(words) <= set(Notification),
    ),
    Setting(
        "callbacks.key",
        "8 to 256 characters; without one the callbacks carry no checksum",
        lambda key: key is None or 8 <= len(key) <= 256,  # noqa: PLR2004 - said in the words
    ),
)
_SETTING_BY_KEY: Final = {setting.key: setting for setting in SETTINGS}
_TYPES: Final[dict[str, Any]] = {
    **get_type_hints(MerchantSettings),
    **{_CALLBACKS + name: kind for name, kind in get_type_hints(CallbackSettings).items()},
}


def read_settings(stored: str) -> MerchantSettings:
    """The settings of a stored row; keys and permissions that this version does not know are left
    out."""
    said: dict[str, Any] = msgspec.json.decode(stored)
    if "permissions" in said:
        said["permissions"] = [name for name in said["permissions"] if name in _KNOWN_PERMISSIONS]
    return msgspec.convert(said, MerchantSettings)


_KNOWN_PERMISSIONS: Final = frozenset(map(str, Permission))


def settings_said(settings: MerchantSettings) -> dict[str, object]:
    """Every setting that differs from what the code takes for granted, by its key."""
    taken, said = _flat(MerchantSettings()), _flat(settings)
    return {key: value for key, value in said.items() if value != taken[key]}


def change_settings(stored: str, changes: Mapping[str, object]) -> str:
    """The row to store after some settings were changed.

    Keys are those of SETTINGS (`hold_days`, `callbacks.urls`). Values may be typed, or text as a
    person writes it, lists with commas between; None puts a setting back to what the code takes.
    Refuses with SettingRefusedError: unknown key, wrong type, value outside its rule, then settings
    that contradict each other.
    """
    said: dict[str, Any] = msgspec.json.decode(stored)
    for key, value in changes.items():
        place, name = (
            (said.setdefault("callbacks", {}), key.removeprefix(_CALLBACKS))
            if key.startswith(_CALLBACKS)
            else (said, key)
        )
        checked = _checked(key, value)
        if value is None:
            place.pop(name, None)
        else:
            place[name] = checked
    changed = msgspec.json.encode(said, order="sorted").decode()
    _refuse_contradictions(read_settings(changed))
    return changed


def _checked(key: str, value: object) -> object:
    """The value as JSON keeps it."""
    setting = _SETTING_BY_KEY.get(key)
    if setting is None:
        raise SettingRefusedError(key, f"no such setting; there are {', '.join(_SETTING_BY_KEY)}")
    if value is None:
        return None
    if isinstance(value, str) and get_origin(_TYPES[key]) in {tuple, frozenset}:
        value = [word.strip() for word in value.split(",") if word.strip()]
    try:
        typed = msgspec.convert(value, _TYPES[key], strict=False)
    except msgspec.ValidationError:
        # its own words would quote the value, which may be a key
        raise SettingRefusedError(key, setting.allowed) from None
    if not setting.holds(typed):
        raise SettingRefusedError(key, setting.allowed)
    kept = msgspec.to_builtins(typed)
    return sorted(kept) if isinstance(typed, frozenset) else kept


def _refuse_contradictions(settings: MerchantSettings) -> None:
    if settings.default_currency not in settings.currencies:
        allowed = ", ".join(settings.currencies)
        raise SettingRefusedError(
            "default_currency", f"one of the merchant's currencies: {allowed}"
        )
    if settings.amount_min_minor > settings.amount_max_minor:
        raise SettingRefusedError(
            "amount_min_minor", f"at most amount_max_minor, {settings.amount_max_minor}"
        )


def _flat(settings: MerchantSettings) -> dict[str, object]:
    said = asdict(settings)
    callbacks = said.pop("callbacks")
    return {**said, **{_CALLBACKS + name: value for name, value in callbacks.items()}}
