"""The output of `altyn merchant`: a table of shops, one shop, its changes, the possible settings.

It is separate from the commands, so that it can be tested without a database.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.table import Table
from rich.text import Text

from altyn.cli.columns import folded
from altyn.cli.dates import in_moscow
from altyn.cli.escaping import visible
from altyn.cli.output import console, print_line
from altyn.domain.callback import ChecksumKind
from altyn.domain.merchant import DEMANDING, Merchant, MerchantSettings, Permission
from altyn.domain.money import CURRENCIES
from altyn.operations.staff.merchants import MerchantDetails
from altyn.operations.staff.ports import CertificateSummary, UserSummary
from altyn.operations.staff.setting_table import SECRETS, SETTINGS, by_key
from altyn.protocol.dialects.classic.callbacks.chosen_names import notes_of_chosen
from altyn.protocol.dialects.classic.dialect import CLASSIC
from altyn.settings import Settings

VERSIONS_SHOWN: Final = 5
_HEADERS = "callbacks.headers"
_MASK: Final = "•••"
PERMISSIONS_PER_LINE: Final = 5


def merchants_table(merchants: Sequence[Merchant]) -> Table:
    """A table with one line per shop."""
    logins = {merchant.merchant_id: merchant.login for merchant in merchants}
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("No.", justify="right", no_wrap=True)
    for name in ("Login", "Name", "Currency", "Callbacks", "Parent", ""):
        table.add_column(name, overflow="fold")
    for merchant in merchants:
        settings = merchant.settings
        table.add_row(
            str(merchant.merchant_id),
            merchant.login,
            merchant.name,
            currency_text(settings.default_currency),
            str(len(settings.callbacks.urls) or "none"),
            logins.get(merchant.parent_id or 0, ""),
            "blocked" if merchant.blocked else "",
        )
    return table


def print_merchant(shown: MerchantDetails) -> None:
    """Print a shop: users, settings, permissions, and the latest versions of its settings."""
    merchant = shown.merchant
    heading = Text(merchant.login, "bold").append(f" · {visible(merchant.name)}", "not bold")
    indents = {"Settings": 4 + max(map(len, by_key(merchant.settings)))}
    heading.append(" · blocked" if merchant.blocked else "", "not bold red").append("\n")
    console().print(heading, soft_wrap=True)
    for title, lines in (
        ("Users", [_user(user) for user in shown.users] + _tokens(shown.tokens)),
        ("Settings", list(settings_lines(merchant.settings))),
        ("Certificates", [_certificate(each) for each in shown.certificates]),
        ("Permitted", _permissions(merchant.settings, granted=True)),
        ("Not permitted", _permissions(merchant.settings, granted=False)),
        ("Required", sorted(merchant.settings.permissions & DEMANDING)),
        ("Changes", [_version(shown, index) for index in range(len(shown.history))]),
    ):
        if lines:
            print_line(title, "dim")
            for line in lines[: VERSIONS_SHOWN if title == "Changes" else None]:
                print_line(folded(f"  {visible(line)}", indents.get(title, 4)))
    console().print()


def _user(user: UserSummary) -> str:
    kind = f"account, {user.role}" if user.role else "API"
    notes = [
        *(["must change the password"] if user.must_change_password else []),
        *(["blocked"] if user.blocked else []),
    ]
    return " · ".join((user.login, kind, *notes))


def _certificate(certificate: CertificateSummary) -> str:
    return f"{certificate.alias} · since {in_moscow(certificate.created_at)}"


def _tokens(count: int) -> list[str]:
    return [f"{count} token{'s' if count > 1 else ''}"] if count else []


def _permissions(settings: MerchantSettings, *, granted: bool) -> list[str]:
    """The permissions that are granted, or those that are not, several to a line."""
    names = sorted(
        permission
        for permission in Permission
        if permission not in DEMANDING and (permission in settings.permissions) is granted
    )
    starts = range(0, len(names), PERMISSIONS_PER_LINE)
    return ["  ".join(names[start : start + PERMISSIONS_PER_LINE]) for start in starts]


def _version(shown: MerchantDetails, index: int) -> str:
    version = shown.history[index]
    older = shown.history[index + 1 :]
    changes = differences(older[0].settings, version.settings) if older else ["added"]
    text = "; ".join(changes) or "no difference"
    return f"{in_moscow(version.changed_at)} · {version.changed_by}: {text}"


def settings_lines(settings: MerchantSettings) -> Iterator[str]:
    """One line per setting, without the permissions: key and value. Secrets are masked."""
    values = by_key(settings)
    width = max(map(len, values))
    defaults = by_key(MerchantSettings())
    for key, value in values.items():
        if key != "permissions":
            mark = "" if value == defaults[key] else "  (set)"
            yield f"{key:<{width}}  {value_text(key, value)}{mark}"


def differences(before: MerchantSettings, after: MerchantSettings) -> list[str]:
    """One line per difference: `hold_days: 7 → 5`, `+refund`."""
    old, new = by_key(before), by_key(after)
    changed = [
        f"{key}: {value_text(key, old[key])} → {value_text(key, new[key])}"
        for key in new
        if key != "permissions" and old[key] != new[key]
    ]
    granted = sorted(after.permissions - before.permissions)
    revoked = sorted(before.permissions - after.permissions)
    return [*changed, *(f"+{name}" for name in granted), *(f"-{name}" for name in revoked)]


def warnings_of(
    merchant: Merchant, settings: MerchantSettings, *, has_certificate: bool
) -> list[str]:
    """Warnings about settings that are valid one by one but incomplete together."""
    callbacks = settings.callbacks
    if not (callbacks.urls or Permission.DYNAMIC_CALLBACK in settings.permissions):
        return []
    if callbacks.checksum is ChecksumKind.SYMMETRIC and not callbacks.key:
        return ["Callbacks are unsigned: set callbacks.key, or callbacks.checksum=asymmetric."]
    if callbacks.checksum is ChecksumKind.ASYMMETRIC and not has_certificate:
        certificate = f"altyn merchant certificate {merchant.login} --new"
        return [f"Callbacks wait until the shop has a certificate to sign with: {certificate}"]
    return []


def unsent_mails_of(settings: MerchantSettings, gateway: Settings) -> list[str]:
    """A warning when the shop's payers should get mails that this gateway cannot send."""
    wanted = {
        "payer_email_notify": settings.payer_email_notify,
        "fiscal.mail": settings.fiscal.mail and settings.fiscal.enabled,
    }
    names = ", ".join(name for name, is_on in wanted.items() if is_on)
    if not names or gateway.sends_mail:
        return []
    warning = (
        f"{names}: this gateway sends no mail yet. Set ALTYN_SMTP_URL and "
        "ALTYN_MAIL_FROM, and start the gateway again."
    )
    return [warning]


def unknown_names_of(settings: MerchantSettings) -> list[str]:
    """Warnings about names in lists that the gateway itself does not have."""
    dialects = [name for name in settings.dialects if name != CLASSIC.name]
    warnings = [str(note) for note in notes_of_chosen(settings.callbacks.parameters)]
    if dialects:
        listed = ", ".join(dialects)
        warnings.append(f"dialects: {listed}: only a gateway with this dialect added serves it.")
    return warnings


_EMPTY: Final = {"callbacks.operations": "all", "ip_allow_list": "any address"}


def value_text(key: str, value: object) -> str:
    """A value as `altyn merchant set` takes it. Secrets are masked; a header keeps its name.

    A logo in a data address is shortened to its beginning.
    """
    if value in (None, "", (), frozenset()):
        return _EMPTY.get(key, "none")
    if key in SECRETS:
        return _MASK
    if isinstance(value, str) and value.startswith("data:"):
        return f"{value.partition(',')[0]},… ({len(value)} characters)"
    if key == _HEADERS and isinstance(value, tuple):
        return ",".join(map(_masked_header, value))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | frozenset):
        return ",".join(map(str, sorted(value) if isinstance(value, frozenset) else value))
    return str(value)


def _masked_header(line: str) -> str:
    return f"{line.partition('=')[0]}={_MASK}"


def shown_value(key: str, value: object) -> object:
    """A value for programs: a list, number, flag, text or None. Secrets are masked."""
    if value is None:
        return None
    if key in SECRETS and not value:
        return ""
    if key in {*SECRETS, _HEADERS}:
        return [_masked_header(line) for line in value] if isinstance(value, tuple) else _MASK
    if isinstance(value, tuple | frozenset):
        return [str(each) for each in (sorted(value) if isinstance(value, frozenset) else value)]
    return value if isinstance(value, int) else str(value)


def currency_text(currency: str) -> str:
    """The letter code of a numeric currency code: "RUB" for "643"; an unknown code as it is."""
    known = CURRENCIES.get(currency)
    return known.alpha if known else currency


def print_choices() -> None:
    """Print the settings and permissions that `altyn merchant set` takes."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("KEY=", no_wrap=True)
    table.add_column("VALUE", overflow="fold")
    for setting in SETTINGS:
        if setting.key != "permissions":
            table.add_row(setting.key, setting.allowed)
    console().print(table)
    print_line("\n+ or -, followed by a permission", "dim")
    for permission in Permission:
        mark = "  (adds a requirement)" if permission in DEMANDING else ""
        print_line(f"  {permission}{mark}")
