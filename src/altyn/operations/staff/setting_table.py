"""The settings of a merchant: what each may be, and how a change is checked.

Source: merchant-settings.md; callbacks.md §1.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, replace
from difflib import get_close_matches
from typing import Any, Final, get_origin, get_type_hints

import msgspec

from altyn.domain.callback import (
    RESERVED_HEADERS,
    CallbackMethod,
    CallbackOperation,
    CallbackSettings,
    ChecksumKind,
)
from altyn.domain.card.attempt_limits import LimitSettings
from altyn.domain.language import language_code
from altyn.domain.link_settings import LinkSettings
from altyn.domain.merchant import MerchantSettings, Permission
from altyn.domain.money import CURRENCIES
from altyn.domain.page import HolderField
from altyn.domain.receipt.settings import FiscalSettings
from altyn.domain.way_settings import BnplSettings, CreditSettings, SberPaySettings
from altyn.operations.staff.errors import SettingRefusedError
from altyn.operations.staff.fiscal_settings import FISCAL_SETTINGS
from altyn.operations.staff.limit_settings import LIMIT_SETTINGS
from altyn.operations.staff.page_rules import (
    FRAME_ORIGINS_ALLOWED,
    LOGO_ALLOWED,
    NAMES_ALLOWED,
    are_frame_origins,
    are_names,
    is_logo,
    names_of,
)
from altyn.operations.staff.ports import SettingChange
from altyn.operations.staff.setting import Setting
from altyn.operations.staff.setting_pairs import crossed_pair
from altyn.operations.staff.setting_rules import (
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
    spelled_operations,
    within,
)
from altyn.operations.staff.way_settings import WAY_SETTINGS, are_ways, spelled_ways

_AMOUNT_MAX: Final = 999_999_999_999
CALLBACKS: Final = "callbacks"
FISCAL: Final = "fiscal"
GROUPS: Final[Mapping[str, type]] = {
    CALLBACKS: CallbackSettings,
    FISCAL: FiscalSettings,
    "sberpay": SberPaySettings,
    "bnpl": BnplSettings,
    "credit": CreditSettings,
    "links": LinkSettings,
    "limits": LimitSettings,
}
"""The classes of settings whose keys have a prefix (`callbacks.urls`), by the prefix."""


_EACH: Final = "a list of any of"

SETTINGS: Final = (
    Setting("permissions", f"{_EACH} {one_of(Permission)}", lambda _: True),
    Setting(
        "dialects",
        "a list of names, at least one, each of 1 to 32 Latin letters, digits, hyphens and "
        "underscores",
        are_dialects,
    ),
    Setting(
        "default_language",
        "a language code of two Latin letters, as ru",
        lambda value: language_code(value) is not None,
        normal=str.lower,
    ),
    Setting(
        "default_currency",
        "an ISO 4217 numeric code, as 643; one of the merchant's currencies",
        lambda value: value in CURRENCIES,
    ),
    Setting(
        "currencies",
        "a list of ISO 4217 numeric codes, at least one, as 643,978",
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
        "a list of addresses and networks, as 192.0.2.7 or 192.0.2.0/24; empty: all addresses",
        lambda networks: all(map(is_network, networks)),
    ),
    Setting("show_final_page", "true or false", lambda _: True),
    Setting("return_query_before_fragment", "true or false", lambda _: True),
    Setting("page_names", NAMES_ALLOWED, are_names, split=names_of),
    Setting("page_logo", LOGO_ALLOWED, is_logo),
    Setting("page_holder", f"one of {one_of(HolderField)}", lambda _: True),
    Setting("page_frame_origins", FRAME_ORIGINS_ALLOWED, are_frame_origins),
    Setting("payer_email_notify", "true or false", lambda _: True),
    Setting("terminal", "1 to 8 letters and digits", matches(r"[A-Za-z0-9]{1,8}")),
    Setting("mcc", "four digits", matches(r"[0-9]{4}")),
    Setting(
        "allowed_payment_ways",
        "a list of names of ways to pay, as CARD,SBRF_SBOL,BNPL; empty: all that the permissions "
        "allow",
        are_ways,
        normal=spelled_ways,
    ),
    Setting("cart_faults_in_answer", "true or false", lambda _: True),
    Setting("callbacks.enabled", "true or false", lambda _: True),
    Setting(
        "callbacks.urls",
        f"a list of at most {ADDRESSES_MAX} http or https addresses, each of at most "
        f"{ADDRESS_LENGTH_MAX} characters, without spaces, a user or a #fragment; empty: no "
        "callbacks",
        are_web_addresses,
        split=addresses_of,
    ),
    Setting("callbacks.method", f"one of {one_of(CallbackMethod)}", lambda _: True),
    Setting(
        "callbacks.operations",
        f"{_EACH} {one_of(CallbackOperation)}; empty: all of them",
        lambda words: set(words) <= set(CallbackOperation),
        normal=spelled_operations,
    ),
    Setting(
        "callbacks.parameters",
        "a list of names, each of at most 64 Latin letters, digits, dots and underscores, a letter "
        "first",
        are_parameter_names,
    ),
    Setting(
        "callbacks.payer_parameters",
        "a list of names, as in callbacks.parameters",
        are_parameter_names,
    ),
    Setting(
        "callbacks.headers",
        f"a list of at most {HEADERS_MAX} Name=value, or {{Name=value, Name=value}}; not "
        f"{', '.join(RESERVED_HEADERS)}",
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
    *FISCAL_SETTINGS,
    *WAY_SETTINGS,
    *LIMIT_SETTINGS,
)
# A setting that is gone, and what a person changes instead.
_REMOVED: Final = {
    "callbacks.mode": "there is no such setting any more; the permission dynamic_callback decides: "
    "write +dynamic_callback or -dynamic_callback",
}
ENCRYPTED: Final = frozenset(setting.key for setting in SETTINGS if setting.encrypted)
SECRETS: Final = ENCRYPTED | {"callbacks.key"}
"""The settings whose values are shown nowhere in a list."""
_SETTING_BY_KEY: Final = {setting.key: setting for setting in SETTINGS}
_TYPES: Final[dict[str, Any]] = {
    **get_type_hints(MerchantSettings),
    **{
        f"{group}.{name}": kind
        for group, settings in GROUPS.items()
        for name, kind in get_type_hints(settings).items()
    },
}


def group_of(key: str) -> tuple[str, str]:
    """The group of a key, and the key within it; the group is empty for a setting of none."""
    group, dot, name = key.partition(".")
    return (group, name) if dot and group in GROUPS else ("", key)


def is_callback_setting(key: str) -> bool:
    """Whether a key belongs to the settings of callbacks."""
    return group_of(key)[0] == CALLBACKS


def differences_from_default(settings: MerchantSettings) -> dict[str, object]:
    """Every setting that differs from its default, by its key."""
    return {key: value for key, value in by_key(settings).items() if value != _DEFAULTS[key]}


def check_changes(changes: Mapping[str, object]) -> tuple[SettingChange, ...]:
    """Check changes of settings, by the keys of SETTINGS (`hold_days`, `callbacks.urls`).

    A value may be typed, or text as a person types it, lists with commas between; None puts a
    setting back to its default.
    Refuses with SettingRefusedError, for each in turn: unknown key, wrong type, a value outside its
    rule.
    """
    return tuple(SettingChange(key, _checked(key, value)) for key, value in changes.items())


def changed_settings(
    settings: MerchantSettings, changes: Iterable[SettingChange]
) -> MerchantSettings:
    """The settings after checked changes.

    Refuses with SettingRefusedError: settings that contradict each other, a change of the fiscal
    settings that leaves out what the provider needs.
    """
    values: dict[str, Any] = {
        each.key: _DEFAULTS[each.key] if each.value is None else each.value for each in changes
    }
    by_group: dict[str, dict[str, Any]] = {}
    for key, value in values.items():
        group, name = group_of(key)
        by_group.setdefault(group, {})[name] = value
    own = by_group.pop("", {})
    for group, members in by_group.items():
        own[group] = replace(getattr(settings, group), **members)
    changed = replace(settings, **own)
    _refuse_contradictions(changed, values)
    if FISCAL in by_group:
        _refuse_incomplete(changed.fiscal)
    return changed


def encrypted_changes(
    changes: Iterable[SettingChange], encrypt: Callable[[str, str], str]
) -> tuple[SettingChange, ...]:
    """Checked changes with the values of secret settings encrypted: `encrypt(key, value)`."""
    return tuple(
        SettingChange(each.key, encrypt(each.key, each.value))
        if each.key in ENCRYPTED and isinstance(each.value, str) and each.value
        else each
        for each in changes
    )


def _checked(key: str, value: object) -> object:
    """The typed value."""
    setting = _SETTING_BY_KEY.get(key)
    if setting is None:
        unknown = f"no such setting; {suggestion(key, _SETTING_BY_KEY)}"
        raise SettingRefusedError(key, _REMOVED.get(key) or unknown)
    if value is None:
        return None
    if isinstance(value, str) and get_origin(_TYPES[key]) in {tuple, frozenset}:
        value = setting.split(value)
    try:
        typed: object = msgspec.convert(value, _TYPES[key], strict=False)
    except msgspec.ValidationError:
        # msgspec's text would quote the value, which may be a secret key
        raise SettingRefusedError(key, setting.allowed) from None
    normal: object = setting.normal(typed)
    if not setting.holds(normal):
        raise SettingRefusedError(key, setting.allowed)
    return normal


def _no_such_setting() -> str:
    return f"no such setting; there are {', '.join(_SETTING_BY_KEY)}"


def suggestion(word: str, known: Iterable[str]) -> str:
    """The known word that is most like a word, as a question; all of them when none is like it."""
    names = list(known)
    by_lower = {name.lower(): name for name in names}
    # The last part of a key is often all that a person remembers: `urls` of `callbacks.urls`.
    by_part = {name.rpartition(".")[2]: name for name in by_lower}
    near = get_close_matches(word.lower(), [*by_lower, *by_part], n=1)
    if not near:
        return f"there are {', '.join(names)}"
    return f"did you mean {by_lower[by_part.get(near[0], near[0])]}?"


def _refuse_contradictions(settings: MerchantSettings, changed: Collection[str]) -> None:
    if settings.default_currency not in settings.currencies:
        allowed = ", ".join(settings.currencies)
        raise SettingRefusedError(
            "default_currency", f"one of the merchant's currencies: {allowed}"
        )
    if crossed := crossed_pair(by_key(settings), changed):
        raise SettingRefusedError(*crossed)


def _refuse_incomplete(fiscal: FiscalSettings) -> None:
    if missing := fiscal.missing_for(fiscal.provider):
        raise SettingRefusedError(
            "fiscal.provider",
            f"{fiscal.provider} only together with {', '.join(missing)}: set them in the same "
            "command",
        )


def by_key(settings: MerchantSettings) -> dict[str, object]:
    """Settings by the keys of SETTINGS."""
    own = asdict(settings)
    for group in GROUPS:
        own |= {f"{group}.{name}": value for name, value in own.pop(group).items()}
    return own


_DEFAULTS: Final = by_key(MerchantSettings())
