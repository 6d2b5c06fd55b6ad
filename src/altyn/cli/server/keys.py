"""`altyn keys`: manages the key file; its keys encrypt stored cards.

Only the ids of keys are printed, never a key.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from altyn.cli.environment import read_settings
from altyn.cli.output import CommandError, JsonFlag, print_json, print_line

if TYPE_CHECKING:
    from altyn.security.keys import KeyRing

app = typer.Typer(help="Manage the key file of the card vault; keys are never shown.")
File = Annotated[Path | None, typer.Argument(help="Key file; default: that of ALTYN_KEY_FILE.")]


@app.command()
def create(
    file: Annotated[Path, typer.Argument(help="Path of the new key file.")],
    sandbox: Annotated[bool, typer.Option("--sandbox", help="For a sandbox.")] = False,  # noqa: FBT002
    as_json: JsonFlag = False,  # noqa: FBT002
) -> None:
    """Create a key file, for production unless --sandbox is given."""
    from altyn.security.keys import KeyRing

    if file.exists():
        raise CommandError(
            f"{file} exists already, and a key file is never overwritten: the cards encrypted with "
            "it would be lost. Choose another name, or add a key to it with `altyn keys rotate`."
        )
    ring = KeyRing.create(file.absolute(), sandbox=sandbox)
    if as_json:
        _show(ring, file.absolute(), as_json=True)
        return
    print_line(
        f"Created {file} for {_mode(ring)}; key {ring.active} is active.\n"
        "Keep a copy in another place: without the key file no stored card can be decrypted. "
        "Set ALTYN_KEY_FILE to its path.",
    )


@app.command()
def rotate(file: File = None, as_json: JsonFlag = False) -> None:  # noqa: FBT002
    """Add a key and activate it, if the gateway runs on one machine; else see stage."""
    from altyn.security.keys import KeyRing

    path = _path(file)
    _show(KeyRing.rotate(path), path, as_json=as_json)
    if not as_json:
        print_line("Running gateways load the new key, and re-encrypt stored cards with it.")


@app.command()
def stage(file: File = None, as_json: JsonFlag = False) -> None:  # noqa: FBT002
    """Add a key without activating it: the first step of a rotation on several machines."""
    from altyn.security.keys import KeyRing

    path = _path(file)
    _show(KeyRing.stage(path), path, as_json=as_json)
    if not as_json:
        print_line("Copy the file to every machine, then run `altyn keys activate ID` there.")


@app.command()
def activate(
    key_id: Annotated[str, typer.Argument(help="Id of a key; see `altyn keys show-ids`.")],
    file: File = None,
    as_json: JsonFlag = False,  # noqa: FBT002
) -> None:
    """Activate a key: the second step of a rotation on several machines."""
    from altyn.security.keys import KeyRing

    path = _path(file)
    _show(KeyRing.activate(path, key_id), path, as_json=as_json)


@app.command("show-ids")
def show_ids(file: File = None, as_json: JsonFlag = False) -> None:  # noqa: FBT002
    """List the ids of the keys, oldest first."""
    from altyn.security.keys import KeyRing

    path = _path(file)
    _show(KeyRing.load(path), path, as_json=as_json)


def _path(file: Path | None) -> Path:
    return file.absolute() if file else read_settings().keys


def _mode(ring: "KeyRing") -> str:
    return "sandbox" if ring.sandbox else "production"


def _show(ring: "KeyRing", path: Path, *, as_json: bool) -> None:
    """Print the ids of the keys."""
    if as_json:
        ids = {"keys": list(ring.vault_keys), "active": ring.active}
        print_json({"file": str(path), "mode": _mode(ring), **ids})
        return
    print_line(f"{path} (for {_mode(ring)})")
    for key_id in ring.vault_keys:
        print_line(f"  {key_id}{'  active' if key_id == ring.active else ''}")
