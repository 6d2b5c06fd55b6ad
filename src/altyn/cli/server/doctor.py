"""`altyn doctor`: checks everything that a gateway needs, and says how to repair what is wrong."""

import os
import platform
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from altyn import settings as settings_module
from altyn.cli.durations import describe
from altyn.cli.environment import (
    POSTGRES,
    gateway_address,
    read_settings,
    settings_with_database,
)
from altyn.cli.output import JsonFlag, console, print_json, print_line
from altyn.cli.server.finding import Finding
from altyn.cli.server.mail_check import mail_finding
from altyn.settings import Settings

if TYPE_CHECKING:
    from altyn.storage.database import Pool

DISK_MIN_BYTES: Final = 1 << 30
CLOCK_DIFFERENCE_MAX: Final = timedelta(seconds=2)


def doctor(
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
    production: Annotated[  # noqa: FBT002 - an option of the command line
        bool, typer.Option("--production", help="Check the settings for production.")
    ] = False,
) -> None:
    """Check database, keys, clock, port, disk and versions; exit code 1 when something is wrong.

    Nothing is started or changed. With --production the settings are checked as production does,
    whatever ALTYN_MODE is.
    """
    findings = examine_production() if production else examine(read_settings())
    if as_json:
        _print_as_json(findings)
        return
    wrong = 0
    for finding in findings:
        wrong += bool(finding.remedy)
        label, colour = ("wrong", "red") if finding.remedy else ("ok", "green")
        console().print(f"{label:<6}", style=colour, end="")
        print_line(f"{finding.subject:<11} {finding.result}")
        if finding.remedy:
            print_line(f"{'':<18}{finding.remedy}")
    if wrong:
        console().print(f"\nRepair what is marked wrong ({wrong}) before you use the gateway.")
        raise typer.Exit(1)


def _print_as_json(findings: Iterator[Finding]) -> None:
    shown = [
        {"subject": each.subject, "result": each.result, "remedy": each.remedy or None}
        for each in findings
    ]
    print_json(shown)
    if any(each["remedy"] for each in shown):
        raise typer.Exit(1)


def examine(settings: Settings) -> Iterator[Finding]:
    """The findings of all checks, in order; a check that cannot run gives a finding too."""
    yield Finding("Python", f"{platform.python_version()}, {platform.system()}")
    yield _mode(settings)
    yield _disk(settings.home)
    yield _templates(settings.home / "templates")
    yield _port(settings)
    yield _keys(settings)
    yield mail_finding(settings)
    yield from _database(settings)


def examine_production() -> Iterator[Finding]:
    """As `examine`, but for production, with a finding for each setting that stops the start."""
    settings = settings_module.read({**os.environ, "ALTYN_MODE": "production"})
    for name, what in settings_module.production_problems(settings):
        yield Finding("settings", name, what[:1].upper() + what[1:])
    yield from examine(settings)


def _mode(settings: Settings) -> Finding:
    return Finding("mode", f"{settings.mode}, data folder {settings.home}")


def _disk(home: Path) -> Finding:
    import shutil

    folder = next(each for each in (home, *home.parents) if each.exists())
    free = shutil.disk_usage(folder).free
    found = f"{free / (1 << 30):.1f} GiB free at {folder}"
    enough = free >= DISK_MIN_BYTES
    remedy = "" if enough else "Free some disk space: a full disk stops every payment."
    return Finding("disk", found, remedy)


def _templates(folder: Path) -> Finding:
    if not folder.exists():
        return Finding("templates", f"no shop has its own ({folder} does not exist)")
    try:
        merchants = sorted(each.name for each in folder.iterdir() if each.is_dir())
    except OSError as error:
        return Finding("templates", str(error), f"Allow Altyn's user to read {folder}.")
    result = f"in {folder}, for these shops: "
    return Finding("templates", result + (", ".join(merchants) or "none"))


def _port(settings: Settings) -> Finding:
    from altyn.cli.server.ports import altyn_answers_at, find_port_owner

    address = gateway_address(settings)
    if altyn_answers_at(address.partition("://")[2]):
        return Finding("port", f"a gateway answers at {address}")
    owner = find_port_owner(settings.port)
    if owner is None:
        return Finding("port", f"{settings.port} is free; no gateway runs")
    found = f"{settings.port} is in use by process {owner.pid} ({owner.command})"
    return Finding("port", found, "End that process, or set ALTYN_PORT to another port.")


def _keys(settings: Settings) -> Finding:
    from altyn.domain.key_service import KeyServiceError
    from altyn.installation_keys import KeyFile
    from altyn.security.keys import KeyFileError

    if settings.sandbox and not settings.keys.exists():
        return Finding("keys", f"none yet; the first start creates {settings.keys}")
    try:
        file = KeyFile.of(settings)
        ring = file.load()
    except KeyFileError as error:
        return Finding("keys", f"{error.where}: {error.what}", error.remedy)
    except KeyServiceError as error:
        return Finding("keys", f"{settings.keys} cannot be unwrapped", str(error))
    mode = "sandbox" if ring.sandbox else "production"
    wrapped = f", wrapped by {file.service.name}" if file.service else ""
    keys = _counted(len(ring.vault_keys), "vault key")
    found = f"{settings.keys}: {keys}, for {mode}{wrapped}"
    if ring.sandbox == settings.sandbox:
        return Finding("keys", found)
    return Finding("keys", found, f"Set ALTYN_KEY_FILE to a key file for {settings.mode}.")


def _database(settings: Settings) -> Iterator[Finding]:
    import asyncio

    from altyn.embedded_postgres import EmbeddedPostgresError
    from altyn.storage.database import DatabaseUnreachableError

    if settings.database_url is None and not settings.sandbox:
        return  # a finding about the settings; the embedded PostgreSQL is not for production
    if settings.database_url is None and not (settings.home / POSTGRES).exists():
        yield Finding("database", f"none yet; the first start creates {settings.home / POSTGRES}")
        return
    try:
        with settings_with_database(settings) as connected:
            assert connected.database_url is not None
            yield from asyncio.run(_examine_database(connected.database_url, settings))
    except DatabaseUnreachableError as error:
        yield Finding("database", f"{error.where}: {error.what}", error.remedy)
    except EmbeddedPostgresError as error:
        yield Finding("database", "the embedded PostgreSQL does not start", str(error))


async def _examine_database(url: str, settings: Settings) -> list[Finding]:
    from altyn.cli.server.fiscal_check import fiscal_problem
    from altyn.storage.database import connect

    pool = await connect(url, pool_size=1)
    try:
        findings = [await _version(pool, url), await _migrations(pool)]
        if not findings[-1].remedy:
            findings += [await _clock(pool, settings), await _vault(pool, settings)]
            findings.append(Finding("receipts", *await fiscal_problem(pool, settings)))
            findings += [] if settings.sandbox else [await _shops(pool)]
        return findings
    finally:
        await pool.close()


async def _version(pool: "Pool", url: str) -> Finding:
    from altyn.storage.database import address
    from altyn.storage.migrate import POSTGRES_MIN

    number = int(await pool.fetchval("SHOW server_version_num"))
    found = f"PostgreSQL {await pool.fetchval('SHOW server_version')} at {address(url)}"
    old = number < POSTGRES_MIN
    return Finding("database", found, "Upgrade it: Altyn needs 15 or newer." if old else "")


async def _migrations(pool: "Pool") -> Finding:
    import asyncpg

    from altyn.storage.migrate import available
    from altyn.storage.schema_check import SchemaCheck

    known = {one.number: one.name for one in available()}
    applied: set[int] = set()
    with suppress(asyncpg.UndefinedTableError):
        rows = await pool.fetch("SELECT number FROM schema_migrations")
        applied = {row["number"] for row in rows}
    schema = SchemaCheck("the database")
    await schema.check(pool)
    if schema.cause:
        return Finding("migrations", schema.cause, "Run the newer version.")
    missing = sorted(known.keys() - applied)
    if missing:
        names = ", ".join(known[number] for number in missing)
        return Finding("migrations", f"missing: {names}", "Run `altyn migrate`.")
    newer = f"; {schema.newer}" if schema.newer else ""
    return Finding("migrations", f"all {len(known)} applied{newer}")


async def _clock(pool: "Pool", settings: Settings) -> Finding:
    """Compares this machine's clock with the database's; they may differ by at most 2 s.

    A large difference would falsify the times in every order's history.
    """
    from altyn.storage.statements import statement

    before = datetime.now(UTC)
    database_now: datetime = await pool.fetchval("SELECT clock_timestamp()")
    difference = abs(database_now - before - (datetime.now(UTC) - before) / 2)
    rows = await statement("load_clock").fetch(pool) if settings.sandbox else []
    ahead = f"; the sandbox's clock is {describe(rows[0]['ahead_by'])} ahead" if rows else ""
    found = f"{difference.total_seconds():.1f} s between this machine and the database{ahead}"
    wrong = difference > CLOCK_DIFFERENCE_MAX
    return Finding("clock", found, "Synchronise both clocks with NTP." if wrong else "")


def _counted(count: int, noun: str) -> str:
    """A number with its noun: "1 stored card", "2 stored cards"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


async def _vault(pool: "Pool", settings: Settings) -> Finding:
    """Checks that the key file has the key of every stored card."""
    from altyn.domain.key_service import KeyServiceError
    from altyn.installation_keys import load_keys
    from altyn.security.keys import KeyFileError
    from altyn.storage.statements import statement

    rows = await statement("count_cards_by_key").fetch(pool)
    known: frozenset[str] = frozenset()
    with suppress(KeyFileError, KeyServiceError):
        known = frozenset(load_keys(settings).vault_keys)
    lost = [f"{row['cards']} of key {row['key_id']}" for row in rows if row["key_id"] not in known]
    cards = sum(row["cards"] for row in rows)
    if lost:
        remedy = "Restore the key file with these keys; without it the cards cannot be decrypted."
        return Finding("vault", f"cards without their key: {', '.join(lost)}", remedy)
    return Finding("vault", f"{_counted(cards, 'stored card')}, the keys of all are present")


async def _shops(pool: "Pool") -> Finding:
    from altyn.storage.demo import demo_exists

    if not await demo_exists(pool):
        return Finding("shops", "no demo shop")
    found = "the database has the sandbox's demo shop, whose password is public"
    return Finding("shops", found, "Name another database in ALTYN_DATABASE_URL.")
