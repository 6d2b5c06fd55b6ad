"""The settings: of the gateway (`ALTYN_*`) and of each merchant, with units and defaults.

Names, defaults and limits come from the code that reads the settings.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from unittest.mock import patch

from altyn import settings as settings_module
from altyn.domain.key_service import TRANSIT_MOUNT
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
class Variable:
    """One environment variable: its allowed values and its default."""

    name: str
    allowed: str
    default: str


@dataclass(slots=True)
class _Recorder:
    """Takes the place of the reader of the environment, and records every variable."""

    variables: list[Variable] = field(default_factory=list)

    def __call__(self, _environ: object) -> "_Recorder":
        return self

    def text(self, name: str) -> None:
        self.variables.append(Variable(name, "text", ""))

    def path(self, name: str) -> None:
        self.variables.append(Variable(name, "a path", ""))

    def key(self, name: str) -> None:
        self.variables.append(Variable(name, "32 bytes in base64 or hexadecimal digits", ""))

    def database(self, name: str) -> None:
        self.variables.append(Variable(name, "the URL of a PostgreSQL database", ""))

    def ports(self, name: str, default: str) -> frozenset[int]:
        self.variables.append(Variable(name, "port numbers, separated by commas", default))
        return frozenset()

    def flag(self, name: str, *, default: bool = False) -> bool:
        self.variables.append(Variable(name, "yes or no", "yes" if default else "no"))
        return default

    def number(self, name: str, default: int, *, low: int, high: int) -> int:
        self.variables.append(Variable(name, f"{low} to {high}", str(default)))
        return default

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        self.variables.append(Variable(name, codes(allowed), default))
        return default


# Defaults of the settings themselves; the reader is called without a default.
_DEFAULTS: Final = settings_module.Settings()
_OWN_DEFAULTS: Final = {
    "ALTYN_TRANSIT_MOUNT": TRANSIT_MOUNT,
    "ALTYN_HOST": _DEFAULTS.host,
    "ALTYN_TRUSTED_PROXIES": _DEFAULTS.trusted_proxies,
    "ALTYN_HOME": f"~/{_DEFAULTS.home.relative_to(Path.home())}",
}


def gateway_variables() -> tuple[Variable, ...]:
    """Every `ALTYN_*`, in the order in which they are read."""
    recorder = _Recorder()
    with patch.object(settings_module, "_Reader", recorder):
        settings_module.load({})
    return tuple(recorder.variables)


def settings_page() -> str:
    """The gateway's settings, read once from the environment."""
    return page(
        "Settings",
        "Altyn reads the environment once, at the start. The sandbox needs no setting. A wrong "
        "value stops the start with a message that says what to write instead.",
        table(("Variable", "Meaning", "Allowed", "Default", "Unit"), _gateway_rows()),
        section(
            "What production requires",
            "With `ALTYN_MODE=production` the gateway refuses to start without:",
            "\n".join(_demands()),
        ),
    )


def _gateway_rows() -> Iterator[tuple[str, ...]]:
    for variable in gateway_variables():
        default = variable.default or _OWN_DEFAULTS.get(variable.name, "")
        unit = GATEWAY_UNITS.get(variable.name, "")
        yield (
            code(variable.name),
            GATEWAY_SETTINGS[variable.name],
            variable.allowed,
            code(default),
            unit,
        )


def _demands() -> Iterator[str]:
    """The required settings, from the message with which production refuses to start."""
    try:
        settings_module.load({"ALTYN_MODE": "production"})
    except settings_module.SettingsError as refusal:
        for line in str(refusal).splitlines()[1:]:
            name, _, what = line.strip().partition(": ")
            yield f"- {code(name)}: {what}"


# ── Merchants ─────────────────────────────────────────────────────────────────────────────────────


def merchant_settings_page() -> str:
    """The settings and permissions of a merchant."""
    return page(
        "Merchant settings",
        "Every merchant has its own values. Only values that were set are stored; the others "
        "follow this table. The demo shop of the sandbox has every permission that opens "
        "something.",
        table(("Setting", "Meaning", "Allowed", "Default"), _merchant_rows()),
        section(
            "Permissions", table(("Permission", "What it opens", "Where"), _permissions(OPENING))
        ),
        section(
            "Permissions that demand",
            "They open nothing: the shop has to send more.",
            table(("Permission", "What it demands", "Where"), _permissions(DEMANDING)),
        ),
    )


def _merchant_rows() -> Iterator[tuple[str, ...]]:
    defaults = MerchantSettings()
    for setting in SETTINGS:
        value: object = defaults
        for part in setting.key.split("."):
            value = getattr(value, part)
        allowed = (
            "any of the permissions below" if setting.key == "permissions" else setting.allowed
        )
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
        if permission in method.permissions or any(row.optional_with is permission for row in rows):
            yield link(method.name, method.name)
    for name, fields in OBJECTS.items():
        members = [row.name for row in fields.rows if row.needs is permission]
        if members:
            yield f"{name}: {codes(members)}"
