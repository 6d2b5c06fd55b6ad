"""`altyn merchant`: add shops, look at them, change what they may do.

It exists for the provider's staff, at a terminal and in scripts; every change is checked and kept
in the shop's history.
"""

import getpass
import secrets
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Final

import typer

from altyn.cli.callbacks.addresses import refusal_of_address
from altyn.cli.environment import read_settings
from altyn.cli.merchants.certificates import certificate
from altyn.cli.output import CommandError, console

if TYPE_CHECKING:
    from altyn.domain.merchant import MerchantSettings
    from altyn.operations.staff.ports import StaffContext

app = typer.Typer(help="Shops: add, list, show, change.")
Login = Annotated[str, typer.Argument(help="The shop's login.")]
User = Annotated[str, typer.Argument(help="The login of an API or account user.")]
Generate = Annotated[bool, typer.Option("--generate", help="Make a password up; shown once.")]
# `-permission` must not be taken for an option, nor an h in it for help.
CHANGES: Final = {"ignore_unknown_options": True, "help_option_names": ["--help"]}
_LETTERS: Final = 16


def _staff(work: "Callable[[StaffContext], Awaitable[None]]") -> None:
    from altyn.cli.prompts import with_staff

    with_staff(read_settings(), work)


@app.command(context_settings=CHANGES)
def add(
    login: Login,
    name: Annotated[str, typer.Argument(help="As payers see it.")],
    changes: Annotated[
        list[str] | None, typer.Argument(help="KEY=VALUE, +permission, -permission.")
    ] = None,
    parent: Annotated[str | None, typer.Option(help="The shop above it.")] = None,
    password: Annotated[
        str | None, typer.Option(help="Of its API user; by default made up and shown once.")
    ] = None,
) -> None:
    """Add a shop and its API user LOGIN-api; in the sandbox it may do everything, else little."""
    from altyn.cli.merchants.changes import read_changes
    from altyn.operations.staff.merchants import add_merchant
    from altyn.operations.staff.settings import change_settings
    from altyn.operations.staff.users import add_api_user

    wanted = read_changes(changes or [])
    settings = read_settings()
    _refuse_addresses(wanted.settings.get("callbacks.urls"))
    chosen = password or secrets.token_urlsafe(_LETTERS)

    async def work(staff: "StaffContext") -> None:
        began = _opening_settings(sandbox=settings.sandbox)
        added = await add_merchant(login, name, staff, settings=began, parent=parent)
        said = wanted.applied_to(began.permissions)
        if said:
            await change_settings(added.merchant_id, said, staff)
        await add_api_user(login, f"{login}-api", chosen, staff)

    _staff(work)
    console().print(f"{login} is added. Its API user: {login}-api", soft_wrap=True)
    if password is None:
        console().print(f"password (shown once, kept nowhere): {chosen}", soft_wrap=True)


def _opening_settings(*, sandbox: bool) -> "MerchantSettings":
    """What a new shop may do: in the sandbox everything; with real money what every shop needs."""
    from altyn.domain.merchant import OPENING, MerchantSettings, Permission

    needed = {Permission.ONE_PHASE, Permission.REVERSAL, Permission.REFUND, Permission.THREE_DS}
    return MerchantSettings(permissions=OPENING if sandbox else frozenset(needed))


@app.command("list")
def list_all() -> None:
    """All shops."""

    async def work(staff: "StaffContext") -> None:
        from altyn.cli.merchants.view import merchants_table
        from altyn.operations.staff.merchants import list_merchants

        console().print(merchants_table(await list_merchants(staff)))

    _staff(work)


@app.command()
def show(login: Login) -> None:
    """A shop: its users, its settings, what it may do, and who changed that when."""

    async def work(staff: "StaffContext") -> None:
        from altyn.cli.merchants.view import print_merchant
        from altyn.operations.staff.merchants import merchant_details

        print_merchant(await merchant_details(login, staff))

    _staff(work)


@app.command("set", context_settings=CHANGES)
def change(
    login: Login,
    changes: Annotated[list[str], typer.Argument(help="KEY=VALUE, +permission, -permission.")],
) -> None:
    """Change a shop: hold_days=5 callbacks.urls=https://shop.example/cb +refund -two_phase"""
    from altyn.cli.merchants.changes import read_changes

    wanted = read_changes(changes)
    _refuse_addresses(wanted.settings.get("callbacks.urls"))

    async def work(staff: "StaffContext") -> None:
        from altyn.cli.merchants.view import differences, warnings_of
        from altyn.operations.staff.merchants import find_merchant
        from altyn.operations.staff.settings import change_settings

        merchant = await find_merchant(login, staff)
        said = wanted.applied_to(merchant.settings.permissions)
        after = await change_settings(merchant.merchant_id, said, staff)
        changed = differences(merchant.settings, after)
        for line in changed:
            console().print(line, soft_wrap=True, markup=False)
        told = "in force within a second" if changed else "nothing changed, it was so already"
        console().print(f"{merchant.login}: {told}.")
        for line in warnings_of(merchant, after):
            console().print(line, soft_wrap=True)

    _staff(work)


app.command()(certificate)


def _refuse_addresses(urls: str | None) -> None:
    """Refuse what this gateway would never call, while somebody is there to read why."""
    from altyn.operations.staff.setting_rules import addresses_of

    for url in addresses_of(urls or ""):
        if refusal := refusal_of_address(url):
            raise CommandError(f"callbacks.urls: {url} cannot be called: {refusal}")


@app.command()
def settings() -> None:
    """Every setting and permission, and what each may be."""
    from altyn.cli.merchants.view import print_choices

    print_choices()


@app.command()
def password(user: User, generate: Generate = False) -> None:  # noqa: FBT002
    """Give a user a new password; asked for, or made up."""
    chosen = secrets.token_urlsafe(_LETTERS) if generate else _asked_twice(user)

    async def work(staff: "StaffContext") -> None:
        from altyn.operations.staff.users import set_password

        await set_password(user, chosen, staff, must_change=False)

    _staff(work)
    console().print(f"{user} has a new password; the old one ends within a second.")
    if generate:
        console().print(f"password (shown once, kept nowhere): {chosen}", soft_wrap=True)


def _asked_twice(user: str) -> str:
    try:
        first = getpass.getpass(f"New password of {user}: ")
        second = getpass.getpass("The same again: ")
    except EOFError:
        raise CommandError("No password was typed. Use --generate to have one made up.") from None
    if first != second:
        raise CommandError("The two were not the same, so nothing was changed. Try again.")
    return first


@app.command()
def token(user: User) -> None:
    """Make a token that stands for an API user; shown once."""
    made = secrets.token_urlsafe(2 * _LETTERS)

    async def work(staff: "StaffContext") -> None:
        from altyn.operations.staff.tokens import add_token

        await add_token(user, made, staff)

    _staff(work)
    console().print(f"token of {user} (shown once, kept nowhere): {made}", soft_wrap=True)


@app.command()
def block(login: Login) -> None:
    """Block a shop with all its users; orders stay as they are."""
    _block(login, blocked=True)


@app.command()
def unblock(login: Login) -> None:
    """Let a blocked shop work again."""
    _block(login, blocked=False)


def _block(login: str, *, blocked: bool) -> None:
    async def work(staff: "StaffContext") -> None:
        from altyn.operations.staff.merchants import block_merchant

        await block_merchant(login, staff, blocked=blocked)

    _staff(work)
    console().print(f"{login} {'is blocked' if blocked else 'works again'}.")
