"""`altyn audit`: verifies and exports the audit logs of shops."""

import csv
import sys
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from altyn.cli.environment import read_settings
from altyn.cli.output import CommandError, JsonFlag, print_json, print_json_line, print_line

if TYPE_CHECKING:
    from altyn.cli.account import OpenAccount
    from altyn.domain.account.audit import ChainedEntry, ChainHead
    from altyn.operations.account.audit_log import VerifiedLog

app = typer.Typer(help="Verify and export audit logs.")
Shop = Annotated[str, typer.Argument(help="The shop's login.")]
HASH_BYTES: Final = 32
COLUMNS: Final = ["number", "at", "actor", "address", "action", "subject", "detail", "hash"]


@app.command()
def verify(
    shop: Annotated[str | None, typer.Argument(help="The shop's login; default: all.")] = None,
    earlier: Annotated[
        str | None, typer.Option(help="NUMBER:HASH of an earlier check; needs a shop.")
    ] = None,
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """Check that no entry was altered or removed; exit code 1 where one was."""
    from altyn.cli.account import with_account

    head = read_head(earlier)
    if head and shop is None:
        raise CommandError("--earlier is about one shop: name its login.")

    async def work(account: "OpenAccount") -> dict[str, "VerifiedLog"]:
        from altyn.operations.account.audit_log import verify_log

        shops = {shop: await account.shop(shop)} if shop else await account.shops()
        return {
            login: await verify_log(number, account.context.store, account.audit_key, earlier=head)
            for login, number in shops.items()
        }

    checked = with_account(read_settings(), work)
    if as_json:
        print_json([_members(login, log) for login, log in checked.items()])
    else:
        for login, log in checked.items():
            print_line(_line(login, log))
    if any(log.fault for log in checked.values()):
        raise typer.Exit(1)


@app.command()
def export(shop: Shop, as_json: JsonFlag = False) -> None:  # noqa: FBT002
    """Print a shop's audit log, oldest first: as CSV, or one JSON object for each entry."""
    from altyn.cli.account import with_account

    table = csv.writer(sys.stdout, lineterminator="\n")

    async def work(account: "OpenAccount") -> None:
        from altyn.operations.account.audit_log import audit_entries

        actor = account.staff(await account.shop(shop))
        if not as_json:
            table.writerow(COLUMNS)
        async for found in audit_entries(actor, account.context):
            if as_json:
                print_json_line(_entry(found))
            else:
                table.writerow(_entry(found).values())

    with_account(read_settings(), work)


def read_head(text: str | None) -> "ChainHead | None":
    """NUMBER:HASH, as `altyn audit verify` prints it. Refuses with CommandError."""
    from altyn.domain.account.audit import ChainHead

    if text is None:
        return None
    number, _, digits = text.partition(":")
    try:
        found = ChainHead(int(number), bytes.fromhex(digits))
    except ValueError:
        found = ChainHead()
    if len(found.hash) != HASH_BYTES or found.number < 1:
        raise CommandError(f"{text!r} is not NUMBER:HASH, as `altyn audit verify` prints it.")
    return found


def _line(login: str, log: "VerifiedLog") -> str:
    if log.fault:
        return f"{login}: altered. {log.fault.reason}; entries before it are as they were written."
    if not log.entries:
        return f"{login}: no entries."
    count = "1 entry" if log.entries == 1 else f"{log.entries} entries"
    return f"{login}: {count}, as written. Newest: {log.entries}:{log.newest_hash.hex()}"


def _members(login: str, log: "VerifiedLog") -> dict[str, Any]:
    return {
        "merchantLogin": login,
        "entries": log.entries,
        "newest": f"{log.entries}:{log.newest_hash.hex()}" if log.entries else None,
        "fault": {"entry": log.fault.number, "reason": log.fault.reason} if log.fault else None,
    }


def _entry(found: "ChainedEntry") -> dict[str, Any]:
    entry = found.entry
    at = entry.at.isoformat(timespec="microseconds")
    values = (
        *(found.number, at, entry.actor, entry.address, entry.action, entry.subject),
        *(entry.detail, found.hash.hex()),
    )
    return dict(zip(COLUMNS, values, strict=True))
