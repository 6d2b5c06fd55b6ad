"""`altyn users passkeys`: show and remove the passkeys of a user who has lost a device."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from altyn.cli.environment import read_settings
from altyn.cli.output import CommandError, JsonFlag, print_json, print_line
from altyn.domain.account.passkeys import Passkey
from altyn.domain.similar_names import did_you_mean

if TYPE_CHECKING:
    from altyn.cli.account import OpenAccount

RemoveAll = Annotated[bool, typer.Option("--remove-all", help="Remove all passkeys of the user.")]


def passkeys(
    login: Annotated[str, typer.Argument(help="The user's login.")],
    remove: Annotated[
        list[str] | None,
        typer.Option("--remove", help="Remove the passkey of this name; can be repeated."),
    ] = None,
    remove_all: RemoveAll = False,  # noqa: FBT002 - an option of the command
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """Show a user's passkeys; remove those of a lost device. The user's sessions go on."""
    from altyn.cli.account import with_account

    if remove and remove_all:
        raise CommandError("--remove and --remove-all: choose one.")

    async def work(account: "OpenAccount") -> None:
        from altyn.operations.account.passkeys import remove_for_user
        from altyn.storage.audit import AuditLog
        from altyn.storage.passkeys import PasskeyTables

        user = await account.user(login)
        store = PasskeyTables(account.pool, AuditLog(account.audit_key))
        found = await store.passkeys(user.merchant_id, login)
        chosen = found if remove_all else _named(remove or (), found, login)
        actor = account.staff(user.merchant_id)
        await remove_for_user(chosen, actor, store, account.context)
        left = [each for each in found if each not in chosen]
        _print(login, chosen, left, as_json=as_json)

    with_account(read_settings(), work)


def _named(names: Sequence[str], found: Sequence[Passkey], login: str) -> Sequence[Passkey]:
    """The passkeys with these names. Raises CommandError for a name that none has."""
    known = {each.name: each for each in found}
    for name in names:
        if name not in known:
            meant = did_you_mean(name, known) or f" Its passkeys: {', '.join(known) or 'none'}."
            raise CommandError(f"{login} has no passkey with the name {name!r}.{meant}")
    return [known[name] for name in dict.fromkeys(names)]


def _print(
    login: str, removed: Sequence[Passkey], left: Sequence[Passkey], *, as_json: bool
) -> None:
    if as_json:
        members = {
            "login": login,
            "passkeys": [_members(each) for each in left],
            "removed": [each.name for each in removed],
        }
        print_json(members)
        return
    for each in removed:
        print_line(f"removed: {each.name}")
    for each in left:
        used = (
            f"last used {each.last_used_at:%Y-%m-%d %H:%M} UTC" if each.last_used_at else "unused"
        )
        print_line(
            f"{each.name} · added {each.added_at:%Y-%m-%d %H:%M} UTC · {used} · {each.rp_id}"
        )
    if not left:
        print_line(f"{login} has no passkeys{' any more' if removed else ''}.")


def _members(passkey: Passkey) -> dict[str, object]:
    used = passkey.last_used_at
    return {
        "name": passkey.name,
        "addedAt": passkey.added_at.isoformat(),
        "lastUsedAt": used.isoformat() if used else None,
        "site": passkey.rp_id,
    }
