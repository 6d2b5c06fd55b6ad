"""`altyn reset`: deletes all data of a sandbox, so that the next start begins with an empty one."""

import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from altyn.cli.environment import ADDRESS_FILE, POSTGRES, embedded_postgres, read_settings
from altyn.cli.output import CommandError, JsonFlag, print_json, print_line
from altyn.cli.server.stop import Home, running_gateway
from altyn.settings import Settings

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def reset(
    home: Home = None,
    yes: Yes = False,  # noqa: FBT002 - an option of the command
    as_json: JsonFlag = False,  # noqa: FBT002 - as above
) -> None:
    """Delete all orders, shops, cards and keys of the sandbox, after a question."""
    settings = read_settings(home=home.expanduser().absolute() if home else None)
    _refuse_if_not_possible(settings)
    if not yes and not _confirmed(settings):
        raise CommandError("Nothing was deleted.")
    _delete(settings)
    if as_json:
        print_json({"home": str(settings.home)})
        return
    print_line(f"The sandbox in {settings.home} is empty. `altyn serve` starts a new one.")


def _refuse_if_not_possible(settings: Settings) -> None:
    """Refuses with CommandError: production, a database of the user's own, keys of production, no
    data, a running gateway."""
    if not settings.sandbox:
        raise CommandError("`altyn reset` deletes a sandbox only; ALTYN_MODE is production.")
    if settings.database_url is not None:
        raise CommandError(
            "The data are in the database of ALTYN_DATABASE_URL, which `altyn reset` does not "
            "delete. Create an empty database there, and name it in ALTYN_DATABASE_URL."
        )
    if not (settings.home / POSTGRES).exists():
        raise CommandError(
            f"There is no sandbox in {settings.home}. Name another data folder with --home or "
            "ALTYN_HOME."
        )
    _refuse_keys_of_production(settings)
    gateway = running_gateway(settings)
    if gateway is not None:
        raise CommandError(
            f"A gateway runs on {settings.home} at {gateway.address}. Stop it first: `altyn stop`."
        )


def _refuse_keys_of_production(settings: Settings) -> None:
    from altyn.installation_keys import load_keys

    if settings.keys.exists() and not load_keys(settings).sandbox:
        raise CommandError(
            f"{settings.keys} has the keys of a production gateway; `altyn reset` deletes a "
            "sandbox only."
        )


def _confirmed(settings: Settings) -> bool:
    if not sys.stdin.isatty():
        raise CommandError(
            "`altyn reset` asks before it deletes, and no terminal can answer. Give --yes."
        )
    return typer.confirm(f"Delete all orders, shops, cards and keys in {settings.home}?")


def _delete(settings: Settings) -> None:
    """Delete database, keys and address file; page templates stay.

    Refuses with CommandError: another process uses the database.
    """
    from altyn.embedded_postgres import locks

    folder = settings.home / POSTGRES
    with embedded_postgres(settings):
        pass  # takes over and stops the database of a killed gateway
    lock = locks.take(folder / "use.lock")
    if lock is None:
        raise CommandError(
            f"Another process uses the database in {folder}. Wait for its end, or stop it with "
            "`altyn stop`."
        )
    try:
        shutil.rmtree(folder)
    finally:
        os.close(lock)
    for file in (_own_key_file(settings), settings.home / ADDRESS_FILE):
        file.unlink(missing_ok=True)


def _own_key_file(settings: Settings) -> Path:
    """The key file of the data folder; one that ALTYN_KEY_FILE names is not deleted."""
    return settings.home / "keys.json"
