"""`altyn keys`: manages the key file; its keys encrypt stored cards.

Only the ids of keys are printed, never a key.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from altyn import settings as settings_module
from altyn.cli.output import CommandError, JsonFlag, print_json, print_line

if TYPE_CHECKING:
    from altyn.cli.server.key_rotation import KeyUse, Rotation
    from altyn.domain.key_service import KeyService
    from altyn.installation_keys import KeyFile
    from altyn.security.keys import KeyRing
    from altyn.settings import Settings

app = typer.Typer(help="Manage the key file of the card vault; keys are never shown.")
File = Annotated[Path | None, typer.Argument(help="Key file; default: that of ALTYN_KEY_FILE.")]
KeyId = Annotated[str, typer.Argument(help="Id of a key; see `altyn keys show-ids`.")]


@app.command()
def create(
    file: Annotated[Path, typer.Argument(help="Path of the new key file.")],
    sandbox: Annotated[bool, typer.Option("--sandbox", help="For a sandbox.")] = False,  # noqa: FBT002
    as_json: JsonFlag = False,  # noqa: FBT002
) -> None:
    """Create a key file, for production unless --sandbox is given.

    It is wrapped by the key service that the settings name.
    """
    from altyn.security.keys import KeyRing

    if file.exists():
        raise CommandError(
            f"{file} exists already, and a key file is never overwritten: the cards encrypted with "
            "it would be lost. Choose another name, or add a key to it with `altyn keys rotate`."
        )
    opened = _opened(_read(), file)
    ring = KeyRing.create(opened.path, sandbox=sandbox, service=opened.service)
    if as_json:
        _show(ring, opened, as_json=True)
        return
    print_line(
        f"Created {file} for {_mode(ring)}{_wrapped_by(opened)}; key {ring.active} is active.\n"
        "Keep a copy in another place: without the key file no stored card can be decrypted. "
        "Set ALTYN_KEY_FILE to its path.",
    )


@app.command()
def rotate(file: File = None, as_json: JsonFlag = False) -> None:  # noqa: FBT002
    """Add a key and move all stored cards to it, while the gateway runs; may be interrupted.

    The next run continues an interrupted one. If the gateway runs on several machines, see stage.
    """
    from altyn.cli.server.key_rotation import has_database, rotate_keys
    from altyn.security.keys import KeyRing

    settings = _read()
    opened = _opened(settings, file)
    if opened.path.resolve() != settings.keys.resolve() or not has_database(settings):
        _show(KeyRing.rotate(opened.path, opened.service), opened, as_json=as_json)
        if not as_json:
            print_line(
                "No stored card was moved: there is no gateway with this key file in "
                f"{settings.home}. A running gateway moves its cards within a minute."
            )
        return
    done = rotate_keys(settings, opened, quiet=as_json)
    if as_json:
        print_json(_members(opened, done.use) | _result(done))
        return
    _print_rotation(opened, done)


@app.command()
def status(file: File = None, as_json: JsonFlag = False) -> None:  # noqa: FBT002
    """Show how many stored cards are under each key, and which keys may be removed."""
    from altyn.cli.server.key_rotation import key_use

    settings = _read()
    opened = _opened(settings, file)
    use = key_use(settings, opened)
    if as_json:
        print_json(_members(opened, use))
        return
    _show_use(opened, use)
    if use.waiting:
        print_line("Running gateways move the cards to the active key; so does altyn keys rotate.")
    _print_advice(use, use.without_key)


@app.command()
def remove(key_id: KeyId, file: File = None, as_json: JsonFlag = False) -> None:  # noqa: FBT002
    """Remove a key that no stored card needs any more."""
    from altyn.cli.server.key_rotation import remove_key

    settings = _read()
    opened = _opened(settings, file)
    _show(remove_key(settings, opened, key_id), opened, as_json=as_json)


@app.command()
def stage(file: File = None, as_json: JsonFlag = False) -> None:  # noqa: FBT002
    """Add a key without activating it: the first step of a rotation on several machines."""
    from altyn.security.keys import KeyRing

    opened = _opened(_read(), file)
    _show(KeyRing.stage(opened.path, opened.service), opened, as_json=as_json)
    if not as_json:
        print_line("Copy the file to every machine, then run `altyn keys activate ID` there.")


@app.command()
def activate(key_id: KeyId, file: File = None, as_json: JsonFlag = False) -> None:  # noqa: FBT002
    """Activate a key: the second step of a rotation on several machines."""
    from altyn.security.keys import KeyRing

    opened = _opened(_read(), file)
    _show(KeyRing.activate(opened.path, key_id, opened.service), opened, as_json=as_json)
    if not as_json:
        print_line(
            "Running gateways move the stored cards within minutes; altyn keys status shows how "
            "many are left."
        )


@app.command()
def wrap(file: File = None, as_json: JsonFlag = False) -> None:  # noqa: FBT002
    """Wrap the key file by the key service of the settings; again, after its key was rotated."""
    from altyn.security.keys import KeyRing

    opened = _opened(_read(), file)
    _show(KeyRing.wrap(opened.path, _service_of(opened)), opened, as_json=as_json)
    if not as_json:
        print_line("Copy the file to every machine. Copies with plain keys should be destroyed.")


@app.command()
def unwrap(file: File = None, as_json: JsonFlag = False) -> None:  # noqa: FBT002
    """Write the keys plain, before another key service wraps them."""
    from altyn.installation_keys import KeyFile
    from altyn.security.keys import KeyRing

    opened = _opened(_read(), file)
    ring = KeyRing.unwrap(opened.path, _service_of(opened))
    _show(ring, KeyFile(opened.path, None), as_json=as_json)
    if not as_json:
        print_line("The keys are plain now. Change the settings, then run altyn keys wrap.")


@app.command("show-ids")
def show_ids(file: File = None, as_json: JsonFlag = False) -> None:  # noqa: FBT002
    """List the ids of the keys, oldest first."""
    opened = _opened(_read(), file)
    _show(opened.load(), opened, as_json=as_json)


def _read() -> "Settings":
    """The settings without the demands of production, which needs a key file first."""
    return settings_module.read()


def _opened(settings: "Settings", file: Path | None) -> "KeyFile":
    from altyn.installation_keys import KeyFile, key_service_of

    return KeyFile(file.absolute() if file else settings.keys, key_service_of(settings))


def _service_of(opened: "KeyFile") -> "KeyService":
    if opened.service is None:
        raise CommandError(
            "The settings name no key service. Set ALTYN_KEY_ENCRYPTION_KEY, "
            "ALTYN_KEY_ENCRYPTION_KEY_FILE or ALTYN_TRANSIT_URL."
        )
    return opened.service


def _mode(ring: "KeyRing") -> str:
    return "sandbox" if ring.sandbox else "production"


def _wrapped_by(opened: "KeyFile") -> str:
    return f", wrapped by {opened.service.name}" if opened.service else ""


def _ids(opened: "KeyFile", ring: "KeyRing") -> dict[str, object]:
    return {
        "file": str(opened.path),
        "mode": _mode(ring),
        "wrappedBy": opened.service.name if opened.service else None,
        "keys": list(ring.vault_keys),
        "active": ring.active,
    }


def _show(ring: "KeyRing", opened: "KeyFile", *, as_json: bool) -> None:
    """Print the ids of the keys."""
    if as_json:
        print_json(_ids(opened, ring))
        return
    print_line(f"{opened.path} (for {_mode(ring)}{_wrapped_by(opened)})")
    for key_id in ring.vault_keys:
        print_line(f"  {key_id}{'  active' if key_id == ring.active else ''}")


def _members(opened: "KeyFile", use: "KeyUse") -> dict[str, object]:
    return _ids(opened, use.ring) | {
        "cards": dict(use.cards),
        "removable": list(use.removable),
        "withoutKey": use.without_key,
    }


def _result(done: "Rotation") -> dict[str, object]:
    return {
        "continued": done.continued,
        "moved": done.moved,
        "unreadable": dict(done.unreadable),
    }


def _show_use(opened: "KeyFile", use: "KeyUse") -> None:
    """Print the keys with the number of their cards."""
    print_line(f"{opened.path} (for {_mode(use.ring)}{_wrapped_by(opened)})")
    for key_id in use.ring.vault_keys:
        active = "  active" if key_id == use.ring.active else ""
        print_line(f"  {key_id}  {use.cards.get(key_id, 0)} cards{active}")


def _print_rotation(opened: "KeyFile", done: "Rotation") -> None:
    action = "Continued the rotation to" if done.continued else "Added"
    print_line(f"{action} key {done.use.ring.active}; {done.moved} cards were moved to it.")
    _show_use(opened, done.use)
    _print_advice(done.use, done.unreadable)


def _print_advice(use: "KeyUse", unreadable: Mapping[str, int]) -> None:
    """What to do next: about cards that cannot be read, and keys that are no longer needed."""
    for key_id, cards in unreadable.items():
        if key_id in use.ring.vault_keys:
            print_line(
                f"{cards} cards under key {key_id} cannot be decrypted: their rows were changed, "
                "or the key is another one. Restore the rows from a backup; otherwise their payers "
                "have to enter the card again, and the key stays in the file."
            )
        else:
            print_line(
                f"{cards} cards are under key {key_id}, which the key file does not have. Restore "
                "the key file that has it; otherwise their payers have to enter the card again."
            )
    for key_id in use.removable:
        print_line(
            f"No card needs key {key_id}. Remove it, five minutes after the last change of the "
            f"key file: altyn keys remove {key_id}"
        )
