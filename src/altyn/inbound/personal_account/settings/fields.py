"""The fields of the settings forms: how a setting is typed, shown and read back.

Source: personal-account.md §6, §7.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from enum import Enum, StrEnum
from typing import Final

from altyn.domain.callback import CallbackMethod, CallbackOperation, ChecksumKind
from altyn.domain.merchant import MerchantSettings, Permission
from altyn.domain.page import PAGE_LANGUAGES, HolderField
from altyn.domain.receipt.settings import FfdVersion, FiscalProvider
from altyn.inbound.personal_account.access import AccountRequest
from altyn.inbound.personal_account.settings.texts import SETTINGS_TEXTS
from altyn.inbound.web.amounts import minor_units
from altyn.look import cart_words
from altyn.operations.staff.setting_table import SECRETS, by_key
from altyn.protocol.payment_ways import PaymentWay

HIDDEN: Final = "•••"
_SUM: Final = re.compile(r"[0-9 .,\u00a0]{1,24}")
REMOVE: Final = ".remove"
"""The end of the name of the box that removes a secret value."""


class Removal(Enum):
    """A secret value is to be removed; WITH_VALUE: a new one was typed too, which is refused."""

    REMOVED = "removed"
    WITH_VALUE = "with value"


Typed = str | bool | Sequence[str] | Mapping[str, str] | Removal
"""What a field shows: text, a switch, the chosen options, one text for each language, or that a
secret value is to be removed."""


class Kind(Enum):
    """How a setting is typed."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    SWITCH = "switch"
    CHOICE = "choice"
    CHECKS = "checks"
    LINES = "lines"
    HEADERS = "headers"
    NAMES = "names"
    SECRET = "secret"  # noqa: S105 - the name of a kind


_CODES: Final[Mapping[str, Callable[[str], Mapping[int, str]]]] = {
    "fiscal.tax_system": cart_words.tax_systems,
    "fiscal.tax_type": cart_words.tax_types,
    "fiscal.payment_method": cart_words.payment_methods,
    "fiscal.payment_object": cart_words.payment_objects,
}
_WORDS: Final[Mapping[str, type[StrEnum]]] = {
    "callbacks.method": CallbackMethod,
    "callbacks.checksum": ChecksumKind,
    "callbacks.operations": CallbackOperation,
    "fiscal.provider": FiscalProvider,
    "fiscal.ffd": FfdVersion,
    "page_holder": HolderField,
}
_WAY_PERMISSIONS: Final = {
    PaymentWay.CARD: None,
    PaymentWay.SBRF_SBOL: Permission.SBERPAY,
    PaymentWay.BNPL: Permission.BNPL,
}
_KINDS: Final = {
    "callbacks.operations": Kind.CHECKS,
    "allowed_payment_ways": Kind.CHECKS,
    "callbacks.headers": Kind.HEADERS,
    **dict.fromkeys(SECRETS, Kind.SECRET),
    "page_names": Kind.NAMES,
}
_DEFAULTS: Final = by_key(MerchantSettings())


def kind_of(key: str) -> Kind:
    """How a setting is typed."""
    default = _DEFAULTS[key]
    if key in _KINDS:
        return _KINDS[key]
    if key in _CODES or key in _WORDS:
        return Kind.CHOICE
    if isinstance(default, bool):
        return Kind.SWITCH
    if isinstance(default, int):
        return Kind.MONEY if key.endswith("_minor") else Kind.NUMBER
    return Kind.LINES if isinstance(default, tuple) else Kind.TEXT


def options_of(key: str, settings: MerchantSettings, language: str) -> list[tuple[str, str]]:
    """The values that a setting can be chosen from, each with its words; empty for a free text."""
    if key in _CODES:
        return [(str(code), f"{code} — {name}") for code, name in _CODES[key](language).items()]
    names: Sequence[str] = [str(each) for each in _WORDS.get(key, ())]
    if key == "allowed_payment_ways":
        open_ways = [
            way
            for way, needed in _WAY_PERMISSIONS.items()
            if needed is None or needed in settings.permissions
        ]
        names = list(dict.fromkeys([*map(str, open_ways), *settings.allowed_payment_ways]))
    return [(name, _option_label(key, name, language)) for name in names]


def _option_label(key: str, name: str, language: str) -> str:
    words = SETTINGS_TEXTS.get(f"{key}={name}")
    return words.text(language) if words else name


def shown(key: str, value: object, language: str) -> Typed:
    """A stored value as its field shows it. Secrets are not shown."""
    kind = kind_of(key)
    if kind is Kind.SECRET:
        return ""
    if kind is Kind.MONEY:
        assert isinstance(value, int), "a sum is a whole number of minor units"
        return roubles(value, language)
    if isinstance(value, bool):
        return value
    if not isinstance(value, tuple):
        return str(value)
    lines = [str(each) for each in value]
    if kind is Kind.NAMES:
        return dict(line.split("=", 1) for line in lines)
    if kind is Kind.HEADERS:
        return "\n".join(f"{line.partition('=')[0]}={HIDDEN}" for line in lines)
    return lines if kind is Kind.CHECKS else "\n".join(lines)


def typed(key: str, asked: AccountRequest) -> Typed:
    """What a form has in the field of a setting."""
    kind, text = kind_of(key), asked.form.get(key, "")
    if kind is Kind.SWITCH:
        return text == "yes"
    if kind is Kind.SECRET and asked.form.get(f"{key}{REMOVE}") == "yes":
        return Removal.WITH_VALUE if text.strip() else Removal.REMOVED
    if kind is Kind.CHECKS:
        return asked.all_of(key)
    if kind is Kind.NAMES:
        names = {each: asked.form.get(f"{key}.{each}", "").strip() for each in PAGE_LANGUAGES}
        return {each: name for each, name in names.items() if name}
    if kind in {Kind.LINES, Kind.HEADERS}:
        return "\n".join(line.strip() for line in text.splitlines() if line.strip())
    return text.strip()


def is_sent(key: str, asked: AccountRequest) -> bool:
    """Whether a form has the field of a setting. Boxes that are not ticked are not sent."""
    kind = kind_of(key)
    if kind is Kind.NAMES:
        return any(f"{key}.{each}" in asked.form for each in PAGE_LANGUAGES)
    return kind in {Kind.SWITCH, Kind.CHECKS} or key in asked.form


def value_of(key: str, sent: Typed, stored: object) -> object:
    """A typed value as `check_changes` takes it; None: removed. `stored` is what is in force."""
    kind = kind_of(key)
    if isinstance(sent, Removal):
        return None
    if isinstance(sent, Mapping):
        return [f"{language}={name}" for language, name in sent.items()]
    if isinstance(sent, str) and kind is Kind.LINES:
        return sent.splitlines()
    if isinstance(sent, str) and kind is Kind.HEADERS:
        assert isinstance(stored, tuple), "headers are a list"
        kept = {line.partition("=")[0]: line for line in stored}
        lines = (line.partition("=") for line in sent.splitlines())
        return [
            kept.get(name, f"{name}={value}") if value == HIDDEN else f"{name}{sign}{value}"
            for name, sign, value in lines
        ]
    if isinstance(sent, str) and kind is Kind.MONEY:
        found = minor_units(sent) if _SUM.fullmatch(sent) else None
        return sent if found is None else found
    return sent


def roubles(minor: int, language: str) -> str:
    """A sum as a person types it: "1000,00"."""
    return f"{minor // 100}{'.' if language == 'en' else ','}{minor % 100:02}"
