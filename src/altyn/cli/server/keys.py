"""`altyn keys`: the key file without which no stored card opens.

It exists so that keys are made and changed without anybody ever seeing one: only their names are
printed.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from altyn.cli.environment import read_settings
from altyn.cli.output import CommandError, console

if TYPE_CHECKING:
    from altyn.security.keys import KeyRing

app = typer.Typer(help="The key file of the card vault; a key itself is never shown.")
File = Annotated[Path | None, typer.Argument(help="Key file; by default the configured one.")]


@app.command()
def create(
    file: Annotated[Path, typer.Argument(help="Where the key file is to be.")],
    sandbox: Annotated[bool, typer.Option("--sandbox", help="For a sandbox.")] = False,  # noqa: FBT002
) -> None:
    """Make a key file, for production unless told otherwise."""
    from altyn.security.keys import KeyRing

    if file.exists():
        raise CommandError(
            f"{file} is there already, and a key file is never written over: the cards sealed "
            "under it would be lost. Choose another name; or `altyn keys rotate` adds a key to it."
        )
    ring = KeyRing.create(file.absolute(), sandbox=sandbox)
    console().print(
        f"{file} is made for {'a sandbox' if ring.sandbox else 'production'}; key {ring.active} "
        "is active.\nKeep a copy in another place: without it no stored card can be opened. "
        "Name it in ALTYN_KEY_FILE.",
        soft_wrap=True,
    )


@app.command()
def rotate(file: File = None) -> None:
    """Add a key and use it from now on (one machine)."""
    from altyn.security.keys import KeyRing

    path = _path(file)
    _show(KeyRing.rotate(path), path)
    console().print("Running gateways take it up by themselves; rows move to it step by step.")


@app.command()
def stage(file: File = None) -> None:
    """Add a key without using it yet: the first half of a rotation over several machines."""
    from altyn.security.keys import KeyRing

    path = _path(file)
    _show(KeyRing.stage(path), path)
    console().print("Take the file to every machine, then run `altyn keys activate ID` there.")


@app.command()
def activate(
    key_id: Annotated[str, typer.Argument(help="Its name, as `altyn keys show-ids` prints it.")],
    file: File = None,
) -> None:
    """Use a key from now on: the second half of a rotation over several machines."""
    from altyn.security.keys import KeyRing

    path = _path(file)
    _show(KeyRing.activate(path, key_id), path)


@app.command("show-ids")
def show_ids(file: File = None) -> None:
    """The names of the keys, oldest first."""
    from altyn.security.keys import KeyRing

    path = _path(file)
    _show(KeyRing.load(path), path)


def _path(file: Path | None) -> Path:
    return file.absolute() if file else read_settings().keys


def _show(ring: "KeyRing", path: Path) -> None:
    made_for = "a sandbox" if ring.sandbox else "production"
    console().print(f"{path} (made for {made_for})", soft_wrap=True)
    for key_id in ring.vault_keys:
        console().print(f"  {key_id}{'  active' if key_id == ring.active else ''}")
