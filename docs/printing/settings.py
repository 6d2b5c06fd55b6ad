"""The settings: of the gateway (`ALTYN_*`) and of each merchant, with units and defaults.

It exists so that a knob cannot be turned that nobody has described: names, defaults and bounds are
heard from the code that reads them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from unittest.mock import patch

from altyn import settings as settings_module
from altyn.domain.merchant import DEMANDING, OPENING, MerchantSettings, Permission
from altyn.operations.staff.setting_table import SETTINGS
from altyn.protocol.dialects.classic.order_view import OBJECTS
from docs.printing.markdown import code, codes, link, page, section, table
from docs.printing.meanings import (
    GATEWAY_SETTINGS,
    GATEWAY_UNITS,
    MERCHANT_SETTINGS,
    PERMISSIONS,
)
from docs.printing.methods import PRINTED_METHODS

# ── The gateway ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Knob:
    """One environment variable: what it may be, and what it is when nobody says anything."""

    name: str
    allowed: str
    default: str


@dataclass(slots=True)
class _Listener:
    """Stands in for the reader of the environment, and writes down what it is asked for."""

    heard: list[Knob] = field(default_factory=list)

    def __call__(self, _environ: object) -> "_Listener":
        return self

    def text(self, name: str) -> None:
        self.heard.append(Knob(name, "text", ""))

    def path(self, name: str) -> None:
        self.heard.append(Knob(name, "a path", ""))

    def ports(self, name: str, default: str) -> frozenset[int]:
        self.heard.append(Knob(name, "port numbers with commas between", default))
        return frozenset()

    def flag(self, name: str) -> bool:
        self.heard.append(Knob(name, "yes or no", "no"))
        return False

    def number(self, name: str, default: int, *, low: int, high: int) -> int:
        self.heard.append(Knob(name, f"{low} to {high}", str(default)))
        return default

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        self.heard.append(Knob(name, codes(allowed), default))
        return default


# Defaults that the reader is not asked for, but the settings fall back to.
_TAKEN: Final = settings_module.Settings()
_FALLEN_BACK_TO: Final = {
    "ALTYN_HOST": _TAKEN.host,
    "ALTYN_TRUSTED_PROXIES": _TAKEN.trusted_proxies,
    "ALTYN_HOME": f"~/{_TAKEN.home.relative_to(Path.home())}",
}


def gateway_knobs() -> tuple[Knob, ...]:
    """Every `ALTYN_*`, in the order in which they are read."""
    listener = _Listener()
    with patch.object(settings_module, "_Reader", listener):
        settings_module.load({})
    return tuple(listener.heard)


def settings_page() -> str:
    """The gateway's settings, read once from the environment."""
    return page(
        "Settings",
        "Read once, at the start, from the environment. The sandbox needs none of them; a wrong "
        "one stops the start with a sentence that says what to write instead.",
        table(("Variable", "What", "Allowed", "Default", "Unit"), _gateway_rows()),
        section(
            "What production demands",
            "With `ALTYN_MODE=production` the gateway refuses to start without:",
            "\n".join(_demands()),
        ),
    )


def _gateway_rows() -> Iterator[tuple[str, ...]]:
    for knob in gateway_knobs():
        default = knob.default or _FALLEN_BACK_TO.get(knob.name, "")
        unit = GATEWAY_UNITS.get(knob.name, "")
        yield code(knob.name), GATEWAY_SETTINGS[knob.name], knob.allowed, code(default), unit


def _demands() -> Iterator[str]:
    """Production's own words, taken from its refusal to start."""
    try:
        settings_module.load({"ALTYN_MODE": "production"})
    except settings_module.SettingsError as refusal:
        for line in str(refusal).splitlines()[1:]:
            name, _, what = line.strip().partition(": ")
            yield f"- {code(name)}: {what}"


# ── Merchants ─────────────────────────────────────────────────────────────────────────────────────


def merchant_settings_page() -> str:
    """What can be set for each merchant, and what can be opened to it."""
    return page(
        "Merchant settings",
        "Each shop's own. Only what was set is stored; what was left unsaid follows the table. The "
        "demo shop of the sandbox has every permission that opens something.",
        table(("Setting", "What", "Allowed", "Default"), _merchant_rows()),
        section(
            "Permissions", table(("Permission", "What it opens", "Where"), _permissions(OPENING))
        ),
        section(
            "Permissions that demand",
            "They open nothing: the shop has to bring more.",
            table(("Permission", "What it demands", "Where"), _permissions(DEMANDING)),
        ),
    )


def _merchant_rows() -> Iterator[tuple[str, ...]]:
    taken = MerchantSettings()
    for setting in SETTINGS:
        value: object = taken
        for part in setting.key.split("."):
            value = getattr(value, part)
        allowed = "any of those below" if setting.key == "permissions" else setting.allowed
        yield code(setting.key), MERCHANT_SETTINGS[setting.key], allowed, code(_plain(value))


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | frozenset):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _permissions(chosen: frozenset[Permission]) -> Iterator[tuple[str, str, str]]:
    for permission in Permission:
        if permission in chosen:
            yield code(permission), PERMISSIONS[permission], ", ".join(_asked_by(permission))


def _asked_by(permission: Permission) -> Iterator[str]:
    for method in PRINTED_METHODS:
        rows = method.parameters
        if method.needs is permission or any(row.optional_with is permission for row in rows):
            yield link(method.name, method.name)
    for name, fields in OBJECTS.items():
        told = [row.name for row in fields.rows if row.needs is permission]
        if told:
            yield f"{name}: {codes(told)}"
