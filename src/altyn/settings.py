"""The settings of a gateway, typed, with their units; read once from the environment.

The sandbox needs no settings. Production refuses to start without those that protect real money.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from altyn import setting_checks
from altyn.domain.account.sessions import IDLE_MINUTES_MIN, SessionRules
from altyn.domain.card.attempt_limits import PRODUCTION_LIMITS, SANDBOX_LIMITS, AttemptLimits
from altyn.domain.key_service import (
    TRANSIT_MOUNT,
    KeyServiceSettings,
    KeyTextError,
    TransitServer,
    parse_key,
)
from altyn.domain.mail_address import MailAddressError, Sender, parse_sender
from altyn.domain.mail_server import MailServerError, SmtpServer, parse_smtp_url

PORT_MAX: Final = 65_535
ATTEMPTS_MAX: Final = 1_000_000
YES: Final = ("1", "true", "yes", "on")
NO: Final = ("0", "false", "no", "off")
SANDBOX_SENDER: Final = "altyn@sandbox.test"
NO_SERVER: Final = "it has no effect without ALTYN_SMTP_URL: set that too, or remove this setting"
SIMULATED_BANK: Final = "only a sandbox simulates a bank; remove this setting"


class Mode(StrEnum):
    """The sandbox simulates the bank and 3-D Secure; production simulates nothing."""

    SANDBOX = "sandbox"
    PRODUCTION = "production"


class SettingsError(Exception):
    """A setting is wrong or missing; the text names it, the reason, and what to write instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one gateway. Times in seconds, sizes in bytes."""

    mode: Mode = Mode.SANDBOX
    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 1
    home: Path = Path.home() / ".altyn"
    database_url: str | None = None
    postgres_bin: Path | None = None
    pool_size: int = 8
    database_timeout_seconds: float = 5.0
    key_file: Path | None = None
    key_service: KeyServiceSettings = field(default_factory=KeyServiceSettings)
    unused_card_days: int = 30
    public_url: str | None = None
    tls_terminated: bool = False
    trusted_proxies: str = "127.0.0.1"
    acquirer_url: str | None = None
    acquirer_key: str | None = field(default=None, repr=False)
    acquirer_timeout_seconds: float = 15.0
    serve_bank: bool = False
    atol_url: str | None = None
    callback_ports: frozenset[int] = frozenset({443, 8443})
    callback_days: int = 90
    request_log: bool = True
    request_log_size: int = 10_000
    request_log_days: int = 7
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str | None = None
    body_max_bytes: int = 1_048_576
    concurrency_max: int = 1_000
    connections_max: int = 4_000
    connections_per_address_max: int = 500
    limits: AttemptLimits = SANDBOX_LIMITS
    account_sessions: SessionRules = field(default_factory=SessionRules)
    log_level: str = "info"
    log_json: bool | None = None

    @property
    def sandbox(self) -> bool:
        """Whether the outside world is simulated."""
        return self.mode is Mode.SANDBOX

    @property
    def smtp_server(self) -> SmtpServer | None:
        """The server that mails are sent through; None without one."""
        return parse_smtp_url(self.smtp_url) if self.smtp_url else None

    @property
    def mail_sender(self) -> Sender:
        """Whom mails come from; the sandbox's mailbox needs no setting."""
        return parse_sender(self.mail_from or SANDBOX_SENDER)

    @property
    def sends_mail(self) -> bool:
        """Whether mails go anywhere: to an SMTP server, or to the sandbox's mailbox."""
        return self.sandbox or self.smtp_url is not None

    @property
    def keys(self) -> Path:
        """The path of the key file: the configured one, or `keys.json` in the data folder."""
        return self.key_file or self.home / "keys.json"


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read `ALTYN_*`. Raises SettingsError for the first value that cannot be used, and in
    production for all settings that it needs or must not have."""
    settings = read(environ)
    problems = () if settings.sandbox else production_problems(settings)
    if problems:
        raise SettingsError(
            "production needs these settings before it handles real money:\n"
            + "\n".join(f"  {name}: {what}" for name, what in problems)
        )
    return settings


def read(environ: Mapping[str, str] | None = None) -> Settings:
    """Read `ALTYN_*` without the demands of production. Raises SettingsError as `load` does."""
    source = os.environ if environ is None else environ
    read = _Reader(source)
    mode = Mode(read.choice("ALTYN_MODE", "sandbox", tuple(Mode)))
    settings = Settings(
        mode=mode,
        host=read.text("ALTYN_HOST") or "127.0.0.1",
        port=read.number("ALTYN_PORT", 8080, low=0, high=65535),
        workers=read.number("ALTYN_WORKERS", 1, low=1, high=64),
        home=Path(read.text("ALTYN_HOME") or Path.home() / ".altyn").expanduser().absolute(),
        database_url=read.database("ALTYN_DATABASE_URL"),
        postgres_bin=read.path("ALTYN_POSTGRES_BIN"),
        pool_size=read.number("ALTYN_POOL_SIZE", 8, low=2, high=200),
        database_timeout_seconds=read.number("ALTYN_DATABASE_TIMEOUT", 5, low=1, high=60),
        key_file=read.path("ALTYN_KEY_FILE"),
        key_service=_key_service(read),
        unused_card_days=read.number("ALTYN_UNUSED_CARD_DAYS", 30, low=0, high=3650),
        public_url=(read.text("ALTYN_PUBLIC_URL") or "").rstrip("/") or None,
        tls_terminated=read.flag("ALTYN_TLS_TERMINATED"),
        trusted_proxies=read.text("ALTYN_TRUSTED_PROXIES") or "127.0.0.1",
        acquirer_url=read.text("ALTYN_ACQUIRER_URL"),
        acquirer_key=read.text("ALTYN_ACQUIRER_KEY"),
        acquirer_timeout_seconds=read.number("ALTYN_ACQUIRER_TIMEOUT", 15, low=1, high=120),
        serve_bank=read.flag("ALTYN_SERVE_BANK"),
        atol_url=(read.text("ALTYN_ATOL_URL") or "").rstrip("/") or None,
        callback_ports=read.ports("ALTYN_CALLBACK_PORTS", "443,8443"),
        callback_days=read.number("ALTYN_CALLBACK_DAYS", 90, low=1, high=3650),
        request_log=read.flag("ALTYN_REQUEST_LOG", default=mode is Mode.SANDBOX),
        request_log_size=read.number("ALTYN_REQUEST_LOG_SIZE", 10_000, low=100, high=1_000_000),
        request_log_days=read.number("ALTYN_REQUEST_LOG_DAYS", 7, low=1, high=365),
        smtp_url=read.text("ALTYN_SMTP_URL"),
        mail_from=read.text("ALTYN_MAIL_FROM"),
        body_max_bytes=read.number("ALTYN_BODY_MAX", 1_048_576, low=1_024, high=1 << 30),
        concurrency_max=read.number("ALTYN_CONCURRENCY_MAX", 1_000, low=10, high=4_000),
        connections_max=read.number("ALTYN_CONNECTIONS_MAX", 4_000, low=10, high=60_000),
        connections_per_address_max=read.number(
            "ALTYN_CONNECTIONS_PER_ADDRESS_MAX", 500, low=1, high=60_000
        ),
        account_sessions=_account_sessions(read),
        limits=_limits(read, SANDBOX_LIMITS if mode is Mode.SANDBOX else PRODUCTION_LIMITS),
        log_level=read.choice("ALTYN_LOG_LEVEL", "info", ("debug", "info", "warning", "error")),
        log_json={"json": True, "console": False}.get(
            read.choice("ALTYN_LOG_FORMAT", "auto", ("auto", "json", "console"))
        ),
    )
    _refuse_unusable(settings)
    return settings


def _account_sessions(read: "_Reader") -> SessionRules:
    """When sessions of the personal account end."""
    idle = read.number("ALTYN_ACCOUNT_IDLE_MINUTES", 15, low=IDLE_MINUTES_MIN, high=1440)
    hours = read.number("ALTYN_ACCOUNT_SESSION_HOURS", 12, low=1, high=168)
    return SessionRules(idle=timedelta(minutes=idle), lifetime=timedelta(hours=hours))


def _limits(read: "_Reader", default: AttemptLimits) -> AttemptLimits:
    """The limits against card testing; `default` are those of the mode."""

    def limit(name: str, standard: int, *, high: int = ATTEMPTS_MAX) -> int:
        return read.number(name, standard, low=1, high=high)

    return AttemptLimits(
        card_attempts_day=limit("ALTYN_CARD_ATTEMPTS_DAY", default.card_attempts_day),
        address_attempts_hour=limit("ALTYN_ADDRESS_ATTEMPTS_HOUR", default.address_attempts_hour),
        refusals_count=limit("ALTYN_REFUSALS_COUNT", default.refusals_count),
        refusals_percent=limit("ALTYN_REFUSALS_PERCENT", default.refusals_percent, high=100),
    )


def _key_service(read: "_Reader") -> KeyServiceSettings:
    """What wraps the key file. Raises SettingsError for more than one service, or half of one."""
    names = ("ALTYN_KEY_ENCRYPTION_KEY", "ALTYN_KEY_ENCRYPTION_KEY_FILE", "ALTYN_TRANSIT_URL")
    chosen = KeyServiceSettings(
        key=read.key(names[0]), key_file=read.path(names[1]), transit=_transit(read)
    )
    if sum(each is not None for each in (chosen.key, chosen.key_file, chosen.transit)) > 1:
        raise SettingsError(f"set one of {', '.join(names)} only: one service wraps the key file")
    return chosen


def _transit(read: "_Reader") -> TransitServer | None:
    server = TransitServer(
        url=(read.text("ALTYN_TRANSIT_URL") or "").rstrip("/"),
        key=read.text("ALTYN_TRANSIT_KEY"),
        mount=(read.text("ALTYN_TRANSIT_MOUNT") or TRANSIT_MOUNT).strip("/"),
        token=read.text("ALTYN_TRANSIT_TOKEN"),
        token_file=read.path("ALTYN_TRANSIT_TOKEN_FILE"),
        namespace=read.text("ALTYN_TRANSIT_NAMESPACE"),
        ca_file=read.path("ALTYN_TRANSIT_CA_FILE"),
        timeout_seconds=read.number("ALTYN_TRANSIT_TIMEOUT", 5, low=1, high=60),
    )
    refusal = setting_checks.refusal_of_transit(server)
    if refusal:
        raise SettingsError(refusal)
    return server if server.url else None


def _refuse_unusable(settings: Settings) -> None:
    """Raise SettingsError for a value that no gateway can use, neither sandbox nor production."""
    web = ("http", "https")
    url, bank, key = settings.public_url, settings.acquirer_url, settings.acquirer_key
    atol = settings.atol_url
    checked = (
        ("ALTYN_PUBLIC_URL", url and setting_checks.refusal_of_web_address(url, web)),
        ("ALTYN_ACQUIRER_URL", bank and setting_checks.refusal_of_web_address(bank, web)),
        ("ALTYN_ACQUIRER_KEY", key and setting_checks.refusal_of_header_value(key)),
        ("ALTYN_ATOL_URL", atol and setting_checks.refusal_of_versioned_address(atol, web)),
        ("ALTYN_SMTP_URL", _refusal_of(parse_smtp_url, settings.smtp_url)),
        ("ALTYN_MAIL_FROM", _refusal_of(parse_sender, settings.mail_from)),
        (
            "ALTYN_TRUSTED_PROXIES",
            setting_checks.refusal_of_proxies(settings.trusted_proxies),
        ),
    )
    for name, refusal in checked:
        if refusal:
            raise SettingsError(f"{name}: {refusal}")
    if settings.serve_bank and not settings.acquirer_key:
        raise SettingsError(
            "ALTYN_SERVE_BANK needs ALTYN_ACQUIRER_KEY, the key that callers of the simulated bank "
            "have to send"
        )

    if settings.smtp_url and not settings.mail_from:
        raise SettingsError(
            "ALTYN_SMTP_URL needs ALTYN_MAIL_FROM, the address that mails come from: "
            "pay@shop.example, or Name <pay@shop.example>"
        )


def _refusal_of(parse: Callable[[str], object], text: str | None) -> str | None:
    """Why a setting of mails cannot be used."""
    try:
        if text is not None:
            parse(text)
    except (MailServerError, MailAddressError) as error:
        return str(error)
    return None


def production_problems(settings: Settings) -> tuple[tuple[str, str], ...]:
    """The settings that keep production from starting: each name, and what to do."""
    return (*_missing(settings), *_unsafe(settings))


def _missing(settings: Settings) -> list[tuple[str, str]]:
    required = (
        (settings.database_url, "ALTYN_DATABASE_URL", "the address of your own PostgreSQL server"),
        (settings.key_file, "ALTYN_KEY_FILE", "a key file made by `altyn keys create FILE`"),
        (settings.public_url, "ALTYN_PUBLIC_URL", "the https:// address that payers and shops use"),
        (settings.acquirer_url, "ALTYN_ACQUIRER_URL", "the address of your acquirer's connector"),
        (
            settings.acquirer_key,
            "ALTYN_ACQUIRER_KEY",
            "the key that identifies you to that connector",
        ),
        (
            settings.tls_terminated,
            "ALTYN_TLS_TERMINATED",
            "yes, once TLS 1.2 or newer ends in front of Altyn",
        ),
    )
    return [(name, what) for value, name, what in required if not value]


def _unsafe(settings: Settings) -> list[tuple[str, str]]:
    """What the settings that are there must not be in production."""
    url, key = settings.public_url, settings.acquirer_key
    database, ports = settings.database_url, settings.callback_ports
    transit = settings.key_service.transit
    checked = (
        ("ALTYN_DATABASE_URL", database and setting_checks.refusal_of_plain_database(database)),
        ("ALTYN_PUBLIC_URL", url and setting_checks.refusal_of_web_address(url, ("https",))),
        ("ALTYN_ACQUIRER_URL", _refusal_of_plain(settings.acquirer_url, "card numbers")),
        ("ALTYN_ATOL_URL", _refusal_of_plain(settings.atol_url, "shops' passwords")),
        ("ALTYN_TRANSIT_URL", transit and _refusal_of_plain(transit.url, "keys")),
        ("ALTYN_ACQUIRER_KEY", key and setting_checks.refusal_of_key(key)),
        (
            "ALTYN_TRUSTED_PROXIES",
            setting_checks.refusal_of_wide_proxies(settings.trusted_proxies),
        ),
        ("ALTYN_SERVE_BANK", settings.serve_bank and SIMULATED_BANK),
        ("ALTYN_MAIL_FROM", settings.mail_from and not settings.smtp_url and NO_SERVER),
        ("ALTYN_CALLBACK_PORTS", setting_checks.refusal_of_callback_ports(ports)),
    )
    return [(name, refusal) for name, refusal in checked if refusal]


def _refusal_of_plain(url: str | None, secrets: str) -> str | None:
    parts = urlsplit(url or "https://")
    if parts.scheme == "https" or parts.hostname in setting_checks.LOOPBACK:
        return None
    return (
        f"it must begin with https:// (or be on this machine): only TLS protects the {secrets} "
        "that are sent there"
    )


class _Reader:
    """Reads environment variables; a wrong value raises SettingsError with an explanation."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str) -> str | None:
        return self._environ.get(name, "").strip() or None

    def path(self, name: str) -> Path | None:
        value = self.text(name)
        return Path(value).expanduser().absolute() if value else None

    def key(self, name: str) -> bytes | None:
        """A key of 32 bytes. The error does not quote it."""
        value = self.text(name)
        try:
            return parse_key(value) if value else None
        except KeyTextError as error:
            raise SettingsError(f"{name}: {error}") from None

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = (self.text(name) or ("yes" if default else "no")).lower()
        if value not in (*YES, *NO):
            raise SettingsError(f"{name} must be yes or no, not {self.text(name)!r}")
        return value in YES

    def number(self, name: str, default: int, *, low: int, high: int) -> int:
        value = self.text(name) or str(default)
        if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
            allowed = f"a whole number from {low} to {high}"
            raise SettingsError(f"{name} must be {allowed}, not {value!r}")
        return int(value)

    def ports(self, name: str, default: str) -> frozenset[int]:
        words = [word.strip() for word in (self.text(name) or default).split(",")]
        numbers = [int(word) if word.isascii() and word.isdigit() else 0 for word in words]
        if not all(0 < number <= PORT_MAX for number in numbers):
            raise SettingsError(f"{name} must be port numbers separated by commas: 443,8443")
        return frozenset(numbers)

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        value = (self.text(name) or default).lower()
        if value not in allowed:
            raise SettingsError(f"{name} must be one of {', '.join(allowed)}, not {value!r}")
        return value

    def database(self, name: str) -> str | None:
        """The URL of a database. The error does not quote it, since it may have a password."""
        value = self.text(name)
        try:
            scheme = urlsplit(value or "").scheme
        except ValueError:
            scheme = ""
        if value is not None and scheme not in {"postgresql", "postgres"}:
            raise SettingsError(
                f"{name} (--database-url) must be the URL of a PostgreSQL database, like "
                "postgresql://altyn@db.example:5432/altyn"
            )
        return value
