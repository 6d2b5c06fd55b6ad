"""`altyn pages`: shows the page sets of shops, and approves or refuses those that wait."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from altyn.cli.environment import read_settings
from altyn.cli.output import CommandError, JsonFlag, print_json, print_line

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from altyn.cli.account import OpenAccount
    from altyn.domain.page_set import Finding, PageSet
    from altyn.operations.account.ports import AccountActor
    from altyn.operations.page_sets import PageSets

app = typer.Typer(help="Show page sets of shops, and approve or refuse those that wait.")
Shop = Annotated[str, typer.Argument(help="The shop's login.")]
Number = Annotated[int, typer.Argument(help="The number of the page set.", min=1)]
COMMAND: Final = "altyn pages"
REASON_LENGTH_MAX: Final = 500


@app.command()
def waiting(as_json: JsonFlag = False) -> None:  # noqa: FBT002 - an option of the command
    """List the page sets of all shops that wait for a decision, oldest first."""

    async def work(account: "OpenAccount", sets: "PageSets") -> None:
        logins = {number: login for login, number in (await account.shops()).items()}
        found = await sets.store.waiting()
        if as_json:
            print_json([_members(each, logins[each.merchant_id]) for each in found])
            return
        for each in found:
            print_line(_line(each, logins[each.merchant_id]))
        if not found:
            print_line("No page set waits for a decision.")

    _run(work)


@app.command("list")
def list_all(shop: Shop, as_json: JsonFlag = False) -> None:  # noqa: FBT002
    """List the page sets of a shop, newest first."""

    async def work(account: "OpenAccount", sets: "PageSets") -> None:
        found = await sets.sets(await _staff(account, shop))
        if as_json:
            print_json([_members(each, shop) for each in found])
            return
        for each in found:
            print_line(_line(each, shop))
        if not found:
            print_line(f"{shop} has no page sets: its payers see the gateway's pages.")

    _run(work)


@app.command()
def show(
    shop: Shop,
    number: Number,
    save: Annotated[
        Path | None, typer.Option(help="Write the files into this folder, which is created.")
    ] = None,
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """Show a page set: its files, and each place that needs an approval."""

    async def work(account: "OpenAccount", sets: "PageSets") -> None:
        actor = await _staff(account, shop)
        found = await sets.find(number, actor)
        if save is not None:
            _save(save, await sets.files(number, actor))
        if as_json:
            print_json(_members(found, shop))
            return
        print_line(_line(found, shop))
        print_line(f"files: {', '.join(found.files)}")
        for each in found.findings:
            print_line(_finding_line(each))
        if found.reason:
            print_line(f"reason: {found.reason}")
        if save is not None:
            print_line(f"The files are in {save}. Do not open the pages on a machine of payments.")

    _run(work)


@app.command()
def approve(
    shop: Shop,
    number: Number,
    reason: Annotated[str, typer.Option(help="A remark that the shop sees.")] = "",
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """Approve a page set that waits; its scripts may then run on the gateway's site.

    The shop makes it active. Read every file first: altyn pages show SHOP NUMBER --save FOLDER
    """
    _decide(shop, number, approves=True, reason=reason, as_json=as_json)


@app.command()
def refuse(
    shop: Shop,
    number: Number,
    reason: Annotated[str, typer.Option(help="Why, and what to change; the shop sees it.")],
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """Refuse a page set that waits."""
    _decide(shop, number, approves=False, reason=reason, as_json=as_json)


def _decide(shop: str, number: int, *, approves: bool, reason: str, as_json: bool) -> None:
    if len(reason) > REASON_LENGTH_MAX or not reason.isprintable():
        raise CommandError(
            f"The reason has at most {REASON_LENGTH_MAX} printable characters on one line."
        )

    async def work(account: "OpenAccount", sets: "PageSets") -> None:
        actor = await _staff(account, shop)
        decided = await sets.decide(number, actor, approves=approves, reason=reason)
        if as_json:
            print_json(_members(decided, shop))
        elif approves:
            print_line(f"Page set {number} of {shop} is approved; the shop can make it active.")
        else:
            print_line(f"Page set {number} of {shop} is refused; the shop sees the reason.")

    _run(work)


def _run(work: "Callable[[OpenAccount, PageSets], Awaitable[None]]") -> None:
    from altyn.cli.account import with_account
    from altyn.main.page_sets import page_sets_of

    async def run(account: "OpenAccount") -> None:
        await work(account, page_sets_of(account.pool, account.ring, account.context.clock))

    with_account(read_settings(), run)


async def _staff(account: "OpenAccount", shop: str) -> "AccountActor":
    return account.staff(await account.shop(shop), COMMAND)


def _save(folder: Path, files: "Mapping[str, bytes]") -> None:
    """Write the files; a place of a checked page where a value of the order stands is empty."""
    from altyn.inbound.page_sets.order_values import filled

    try:
        folder.mkdir(parents=True)
        for path, content in files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            is_page = path.endswith(".html")
            file.write_bytes(filled(content.decode(), {}).encode() if is_page else content)
    except OSError as error:
        raise CommandError(f"{folder}: {error.strerror}. Name a new folder.") from None


def _line(page_set: "PageSet", shop: str) -> str:
    parts = (
        f"{shop} {page_set.number}",
        str(page_set.state),
        f"{page_set.uploaded_at:%Y-%m-%d %H:%M} UTC",
        page_set.uploaded_by,
        f"{len(page_set.files)} files, {page_set.size_bytes} bytes",
    )
    return " · ".join(parts)


def _finding_line(finding: "Finding") -> str:
    place = f"{finding.file}:{finding.line}" if finding.line else finding.file
    return f"  {place}: {finding.fault}: {finding.detail}"


def _members(page_set: "PageSet", shop: str) -> dict[str, object]:
    """A page set as JSON."""
    activated_at = page_set.activated_at
    return {
        "shop": shop,
        "number": page_set.number,
        "state": page_set.state,
        "uploadedAt": page_set.uploaded_at.isoformat(),
        "uploadedBy": page_set.uploaded_by,
        "files": list(page_set.files),
        "sizeBytes": page_set.size_bytes,
        "findings": [
            {"fault": each.fault, "file": each.file, "line": each.line, "detail": each.detail}
            for each in page_set.findings
        ],
        "approvedBy": page_set.approved_by,
        "reason": page_set.reason,
        "activatedAt": activated_at.isoformat() if activated_at else None,
    }
