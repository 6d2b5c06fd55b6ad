"""How shops look at a terminal: a list, one shop in full, what has changed, what may be set.

It exists apart from the commands so that what a person sees can be tested without a database.
"""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Final

from rich.table import Table

from altyn.cli.dates import in_moscow
from altyn.cli.output import console
from altyn.domain.callback import CallbackMode, ChecksumKind
from altyn.domain.merchant import DEMANDING, Merchant, MerchantSettings, Permission
from altyn.domain.money import CURRENCIES
from altyn.operations.staff.merchants import MerchantDetails
from altyn.operations.staff.ports import UserSummary
from altyn.operations.staff.setting_table import SETTINGS

VERSIONS_SHOWN: Final = 5
_KEY, _HEADERS = "callbacks.key", "callbacks.headers"
_COVER: Final = "•••"


def merchants_table(merchants: Sequence[Merchant]) -> Table:
    """All shops, a line each."""
    logins = {merchant.merchant_id: merchant.login for merchant in merchants}
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("No.", justify="right")
    for name in ("Login", "Name", "Currency", "Callbacks", "Under", ""):
        table.add_column(name, overflow="fold")
    for merchant in merchants:
        settings = merchant.settings
        table.add_row(
            str(merchant.merchant_id),
            merchant.login,
            merchant.name,
            alpha(settings.default_currency),
            str(len(settings.callbacks.urls) or "none"),
            logins.get(merchant.parent_id or 0, ""),
            "blocked" if merchant.blocked else "",
        )
    return table


def print_merchant(shown: MerchantDetails) -> None:
    """One shop from top to bottom."""
    merchant = shown.merchant
    blocked = " · [red]blocked[/]" if merchant.blocked else ""
    console().print(f"[bold]{merchant.login}[/] · {merchant.name}{blocked}\n")
    for title, lines in (
        ("Users", [_user(user) for user in shown.users] + _tokens(shown.tokens)),
        ("Settings", list(settings_lines(merchant.settings))),
        ("May", _permissions(merchant.settings, opened=True)),
        ("May not", _permissions(merchant.settings, opened=False)),
        ("Must", sorted(merchant.settings.permissions & DEMANDING)),
        ("Changes", [_version(shown, place) for place in range(len(shown.history))]),
    ):
        if lines:
            console().print(f"[dim]{title}[/]")
            for line in lines[: VERSIONS_SHOWN if title == "Changes" else None]:
                console().print(f"  {line}", markup=False, soft_wrap=True)
    console().print()


def _user(user: UserSummary) -> str:
    kind = f"account, {user.role}" if user.role else "API"
    notes = [
        *(["must change the password"] if user.must_change_password else []),
        *(["blocked"] if user.blocked else []),
    ]
    return " · ".join((user.login, kind, *notes))


def _tokens(count: int) -> list[str]:
    return [f"{count} token{'s' if count > 1 else ''}"] if count else []


def _permissions(settings: MerchantSettings, *, opened: bool) -> list[str]:
    """The permissions of one kind, five to a line."""
    given = settings.permissions
    chosen = sorted(p for p in Permission if p not in DEMANDING and (p in given) is opened)
    return ["  ".join(chosen[start : start + 5]) for start in range(0, len(chosen), 5)]


def _version(shown: MerchantDetails, place: int) -> str:
    version = shown.history[place]
    older = shown.history[place + 1 :]
    what = differences(older[0].settings, version.settings) if older else ["added"]
    told = "; ".join(what) or "nothing differs"
    return f"{in_moscow(version.changed_at)} · {version.changed_by}: {told}"


def settings_lines(settings: MerchantSettings) -> Iterator[str]:
    """Every setting but the permissions: its key and its value; secrets are only told to be set."""
    values = settings_by_key(settings)
    width = max(map(len, values))
    taken = settings_by_key(MerchantSettings())
    for key, value in values.items():
        if key != "permissions":
            mark = "" if value == taken[key] else "  (set)"
            yield f"{key:<{width}}  {in_text(key, value)}{mark}"


def settings_by_key(settings: MerchantSettings) -> dict[str, object]:
    """Settings by the keys that `altyn merchant set` takes."""
    own = {each.name: getattr(settings, each.name) for each in fields(settings)}
    callbacks = own.pop("callbacks")
    told = {f"callbacks.{each.name}": getattr(callbacks, each.name) for each in fields(callbacks)}
    return {**own, **told}


def differences(before: MerchantSettings, after: MerchantSettings) -> list[str]:
    """What differs, a line each: `hold_days: 7 → 5`, `+refund`."""
    old, new = settings_by_key(before), settings_by_key(after)
    told = [
        f"{key}: {in_text(key, old[key])} → {in_text(key, new[key])}"
        for key in new
        if key != "permissions" and old[key] != new[key]
    ]
    opened = sorted(after.permissions - before.permissions)
    closed = sorted(before.permissions - after.permissions)
    return [*told, *(f"+{name}" for name in opened), *(f"-{name}" for name in closed)]


def warnings_of(merchant: Merchant, settings: MerchantSettings) -> list[str]:
    """What the settings leave undone, though each of them is allowed."""
    callbacks = settings.callbacks
    if not (callbacks.urls or callbacks.mode is CallbackMode.DYNAMIC):
        return []
    if callbacks.checksum is ChecksumKind.SYMMETRIC and not callbacks.key:
        return ["Callbacks go out unsigned: set callbacks.key, or callbacks.checksum=asymmetric."]
    if callbacks.checksum is ChecksumKind.ASYMMETRIC:
        certificate = f"altyn merchant certificate {merchant.login}"
        return [f"Callbacks are signed by the shop's certificate, and wait for one: {certificate}"]
    return []


_EMPTY: Final = {"callbacks.operations": "all of them", "ip_allow_list": "everybody"}


def in_text(key: str, value: object) -> str:
    """A value as it may be typed; a secret as three dots, of a header its name before them."""
    if value is None or value in ((), frozenset()):
        return _EMPTY.get(key, "none")
    if key == _KEY:
        return _COVER
    if key == _HEADERS and isinstance(value, tuple):
        return ",".join(f"{line.partition('=')[0]}={_COVER}" for line in value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | frozenset):
        return ",".join(map(str, sorted(value) if isinstance(value, frozenset) else value))
    return str(value)


def alpha(currency: str) -> str:
    """A currency's letters by its digits."""
    known = CURRENCIES.get(currency)
    return known.alpha if known else currency


def print_choices() -> None:
    """What `altyn merchant set` takes."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("KEY=", no_wrap=True)
    table.add_column("VALUE", overflow="fold")
    for setting in SETTINGS:
        if setting.key != "permissions":
            table.add_row(setting.key, setting.allowed)
    console().print(table)
    console().print("\n[dim]+ or - and a permission[/]")
    for permission in Permission:
        console().print(f"  {permission}{'  (demands more)' if permission in DEMANDING else ''}")
