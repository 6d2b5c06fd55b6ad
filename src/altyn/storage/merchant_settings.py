"""A merchant's settings as they are stored and as somebody may change them.

Only what was set is stored, so that what was left unsaid follows the code; what a newer version has
set is kept and not understood, so that old and new code run side by side.
Source: merchant-settings.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final, get_origin, get_type_hints

import msgspec

from altyn.domain.callback import (
    OUR_HEADERS,
    CallbackMethod,
    CallbackMode,
    CallbackOperation,
    CallbackSettings,
    ChecksumKind,
)
from altyn.domain.merchant import MerchantSettings, Permission
from altyn.domain.money import CURRENCIES
from altyn.storage.setting_rules import (
    ADDRESS_LENGTH_MAX,
    ADDRESSES_MAX,
    HEADERS_MAX,
    KEY_LENGTH_MAX,
    KEY_LENGTH_MIN,
    addresses_of,
    are_dialects,
    are_headers,
    are_parameter_names,
    are_web_addresses,
    headers_of,
    is_key,
    is_network,
    matches,
    one_of,
    within,
    words_of,
)

_AMOUNT_MAX: Final = 999_999_999_999
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
    """One setting: its name, what it may be in words, and the rule behind the words.

    `split` makes a list of a person's text, where the setting is a list.
    """

    key: str
    allowed: str
    holds: Callable[[Any], bool]
    split: Callable[[str], list[str]] = words_of


_EACH: Final = "a list of any of"

SETTINGS: Final = (
    Setting("permissions", f"{_EACH} {one_of(Permission)}", lambda _: True),
    Setting(
        "dialects",
        "a list of names, at least one, each of 1 to 32 Latin letters, digits, hyphens and "
        "underscores",
        are_dialects,
    ),
    Setting("default_language", f"one of {one_of(_LANGUAGES)}", lambda value: value in _LANGUAGES),
    Setting("default_currency", f"one of {one_of(CURRENCIES)}", lambda value: value in CURRENCIES),
    Setting(
        "currencies",
        f"{_EACH} {one_of(CURRENCIES)}, at least one",
        lambda codes: bool(codes) and set(codes) <= CURRENCIES.keys(),
    ),
    Setting("session_timeout_seconds", "1 to 999999999 seconds", within(1, 999_999_999)),
    Setting("payment_attempts", "1 to 100", within(1, 100)),
    Setting("hold_days", "1 to 365 days", within(1, 365)),
    Setting("status_version", "1 to 46", within(1, 46)),
    Setting("tds_version", "1 or 2", lambda value: value in {"1", "2"}),
    Setting("amount_min_minor", f"0 to {_AMOUNT_MAX} minor units", within(0, _AMOUNT_MAX)),
    Setting("amount_max_minor", f"1 to {_AMOUNT_MAX} minor units", within(1, _AMOUNT_MAX)),
    Setting(
        "ip_allow_list",
        "a list of addresses and networks, as 192.0.2.7 or 192.0.2.0/24; empty: everybody",
        lambda networks: all(map(is_network, networks)),
    ),
    Setting("show_final_page", "true or false", lambda _: True),
    Setting("terminal", "1 to 8 letters and digits", matches(r"[A-Za-z0-9]{1,8}")),
    Setting("mcc", "four digits", matches(r"[0-9]{4}")),
    Setting("callbacks.enabled", "true or false", lambda _: True),
    Setting(
        "callbacks.urls",
        f"a list of at most {ADDRESSES_MAX} http or https addresses, each of at most "
        f"{ADDRESS_LENGTH_MAX} characters, without spaces, a user or a #fragment; empty: no "
        "callbacks",
        are_web_addresses,
        split=addresses_of,
    ),
    Setting("callbacks.mode", f"one of {one_of(CallbackMode)}", lambda _: True),
    Setting("callbacks.method", f"one of {one_of(CallbackMethod)}", lambda _: True),
    Setting(
        "callbacks.operations",
        f"{_EACH} {one_of(CallbackOperation)}; empty: all of them",
        lambda words: set(words) <= set(CallbackOperation),
    ),
    Setting(
        "callbacks.parameters",
        "a list of names, each of at most 64 Latin letters, digits, dots and underscores, a letter "
        "first",
        are_parameter_names,
    ),
    Setting(
        "callbacks.headers",
        f"a list of at most {HEADERS_MAX} Name=value, or {{Name=value, Name=value}}; not "
        f"{', '.join(OUR_HEADERS)}",
        are_headers,
        split=headers_of,
    ),
    Setting("callbacks.checksum", f"one of {one_of(ChecksumKind)}", lambda _: True),
    Setting(
        "callbacks.key",
        f"{KEY_LENGTH_MIN} to {KEY_LENGTH_MAX} printable characters; without one the callbacks "
        "carry no symmetric checksum",
        is_key,
    ),
    Setting("callbacks.attempts", "1 to 20", within(1, 20)),
    Setting("callbacks.interval_seconds", "1 to 86400 seconds", within(1, 86_400)),
    Setting("callbacks.growing", "true or false", lambda _: True),
    Setting("callbacks.timeout_seconds", "1 to 60 seconds", within(1, 60)),
)
_SETTING_BY_KEY: Final = {setting.key: setting for setting in SETTINGS}
_TYPES: Final[dict[str, Any]] = {
    **get_type_hints(MerchantSettings),
    **{_CALLBACKS + name: kind for name, kind in get_type_hints(CallbackSettings).items()},
}


def read_settings(stored: str) -> MerchantSettings:
    """The settings of a stored row; keys, permissions and words that this version does not know are
    left out."""
    said: dict[str, Any] = msgspec.json.decode(stored)
    callbacks = said.get("callbacks", {})
    for name, words in _WORDS_OF_CALLBACKS.items():
        if callbacks.get(name) not in words:
            callbacks.pop(name, None)
    if "permissions" in said:
        said["permissions"] = [name for name in said["permissions"] if name in _KNOWN_PERMISSIONS]
    return msgspec.convert(said, MerchantSettings)


_WORDS_OF_CALLBACKS: Final = {
    name: frozenset(map(str, kind))
    for name, kind in get_type_hints(CallbackSettings).items()
    if isinstance(kind, type) and issubclass(kind, StrEnum)
}
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
        value = setting.split(value)
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
