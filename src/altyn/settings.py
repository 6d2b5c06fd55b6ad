"""The settings of a gateway, typed, with their units; read once from the environment.

The sandbox needs no settings. Production refuses to start without those that protect real money.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

PORT_MAX: Final = 65_535
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


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
    key_file: Path | None = None
    public_url: str | None = None
    tls_terminated: bool = False
    trusted_proxies: str = "127.0.0.1"
    acquirer_url: str | None = None
    acquirer_key: str | None = field(default=None, repr=False)
    acquirer_timeout_seconds: float = 15.0
    callback_ports: frozenset[int] = frozenset({443, 8443})
    callback_days: int = 90
    body_max_bytes: int = 1_048_576
    concurrency_max: int = 1_000
    connections_max: int = 4_000
    connections_per_address_max: int = 500
    log_level: str = "info"
    log_json: bool | None = None

    @property
    def sandbox(self) -> bool:
        """Whether the outside world is simulated."""
        return self.mode is Mode.SANDBOX

    @property
    def keys(self) -> Path:
        """The path of the key file: the configured one, or `keys.json` in the data folder."""
        return self.key_file or self.home / "keys.json"


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read `ALTYN_*`. Raises SettingsError for the first value that cannot be used."""
    source = os.environ if environ is None else environ
    read = _Reader(source)
    settings = Settings(
        mode=Mode(read.choice("ALTYN_MODE", "sandbox", tuple(Mode))),
        host=read.text("ALTYN_HOST") or "127.0.0.1",
        port=read.number("ALTYN_PORT", 8080, low=0, high=65535),
        workers=read.number("ALTYN_WORKERS", 1, low=1, high=64),
        home=Path(read.text("ALTYN_HOME") or Path.home() / ".altyn").expanduser().absolute(),
        database_url=read.database("ALTYN_DATABASE_URL"),
        postgres_bin=read.path("ALTYN_POSTGRES_BIN"),
        pool_size=read.number("ALTYN_POOL_SIZE", 8, low=2, high=200),
        key_file=read.path("ALTYN_KEY_FILE"),
        public_url=(read.text("ALTYN_PUBLIC_URL") or "").rstrip("/") or None,
        tls_terminated=read.flag("ALTYN_TLS_TERMINATED"),
        trusted_proxies=read.text("ALTYN_TRUSTED_PROXIES") or "127.0.0.1",
        acquirer_url=read.text("ALTYN_ACQUIRER_URL"),
        acquirer_key=read.text("ALTYN_ACQUIRER_KEY"),
        acquirer_timeout_seconds=read.number("ALTYN_ACQUIRER_TIMEOUT", 15, low=1, high=120),
        callback_ports=read.ports("ALTYN_CALLBACK_PORTS", "443,8443"),
        callback_days=read.number("ALTYN_CALLBACK_DAYS", 90, low=1, high=3650),
        body_max_bytes=read.number("ALTYN_BODY_MAX", 1_048_576, low=1_024, high=1 << 30),
        concurrency_max=read.number("ALTYN_CONCURRENCY_MAX", 1_000, low=10, high=4_000),
        connections_max=read.number("ALTYN_CONNECTIONS_MAX", 4_000, low=10, high=60_000),
        connections_per_address_max=read.number(
            "ALTYN_CONNECTIONS_PER_ADDRESS_MAX", 500, low=1, high=60_000
        ),
        log_level=read.choice("ALTYN_LOG_LEVEL", "info", ("debug", "info", "warning", "error")),
        log_json={"json": True, "console": False}.get(
            read.choice("ALTYN_LOG_FORMAT", "auto", ("auto", "json", "console"))
        ),
    )
    if settings.mode is Mode.PRODUCTION:
        _guard_production(settings)
    return settings


def _guard_production(settings: Settings) -> None:
    """Raise SettingsError if a setting that production needs is missing or unsafe."""
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
    missing = [f"  {name}: {what}" for value, name, what in required if not value]
    if missing:
        raise SettingsError(
            "production needs these settings before it handles real money:\n" + "\n".join(missing)
        )
    if not (settings.public_url or "").startswith("https://"):
        raise SettingsError("ALTYN_PUBLIC_URL must begin with https:// in production")
    bank = urlsplit(settings.acquirer_url or "")
    if bank.scheme != "https" and bank.hostname not in LOOPBACK:
        raise SettingsError(
            "ALTYN_ACQUIRER_URL must begin with https:// in production (or be on this machine): "
            "only TLS protects the card numbers that are sent there"
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

    def flag(self, name: str) -> bool:
        return (self.text(name) or "no").lower() in ("1", "true", "yes", "on")

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
