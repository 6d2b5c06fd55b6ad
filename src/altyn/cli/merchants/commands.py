"""`altyn merchant`: adds, shows and changes shops, for the provider's staff.

Every change is checked and recorded in the shop's history.
"""

import getpass
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final

import typer

from altyn.cli.callbacks.addresses import refusal_of_address
from altyn.cli.environment import read_settings
from altyn.cli.merchants.certificates import certificate
from altyn.cli.merchants.completion import complete_change
from altyn.cli.merchants.credentials import (
    password_is_kept,
    print_until,
    replace_tokens,
    restore_password,
    restore_token,
    until_member,
)
from altyn.cli.output import CommandError, JsonFlag, console, print_json, print_line
from altyn.security.generated_secrets import new_password, new_token

if TYPE_CHECKING:
    from altyn.domain.merchant import MerchantSettings
    from altyn.operations.staff.ports import StaffContext

app = typer.Typer(help="Add, list, show and change shops.")
Login = Annotated[str, typer.Argument(help="The shop's login.")]
User = Annotated[str, typer.Argument(help="The login of an API or account user.")]
OneTime = Annotated[
    bool,
    typer.Option("--one-time", help="The API answers 5 until the password is changed."),
]
Generate = Annotated[bool, typer.Option("--generate", help="Generate a password; shown once.")]
Replace = Annotated[bool, typer.Option("--replace", help="In place of all tokens of the user.")]
CHANGES_HELP: Final = "KEY=VALUE, +permission, -permission."
# click must not read `-permission` as an option, nor the h in it as a request for help.
CONTEXT_WITH_CHANGES: Final = {"ignore_unknown_options": True, "help_option_names": ["--help"]}


def _administer(work: "Callable[[StaffContext], Awaitable[None]]") -> None:
    from altyn.cli.database import with_staff

    with_staff(read_settings(), work)


@app.command(context_settings=CONTEXT_WITH_CHANGES)
def add(
    login: Login,
    name: Annotated[str, typer.Argument(help="The name that payers see.")],
    changes: Annotated[
        list[str] | None, typer.Argument(help=CHANGES_HELP, autocompletion=complete_change)
    ] = None,
    parent: Annotated[str | None, typer.Option(help="Login of the parent shop.")] = None,
    password: Annotated[
        str | None, typer.Option(help="For the API user; default: generated and shown once.")
    ] = None,
    one_time: OneTime = False,  # noqa: FBT002 - an option of the command
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """Add a shop and its API user LOGIN-api; only a sandbox shop starts with all permissions."""
    from altyn.cli.merchants.changes import read_changes
    from altyn.cli.merchants.view import unknown_names_of, unsent_mails_of, warnings_of
    from altyn.operations.staff.merchants import add_merchant
    from altyn.operations.staff.settings import change_settings
    from altyn.operations.staff.users import add_api_user

    changed = read_changes(changes or [])
    settings = read_settings()
    _check_callback_urls(changed.settings.get("callbacks.urls"))
    api_password = password or new_password()
    warnings: list[str] = []

    async def work(staff: "StaffContext") -> None:
        initial = _initial_settings(sandbox=settings.sandbox)
        added = await add_merchant(login, name, staff, settings=initial, parent=parent)
        applied = changed.applied_to(initial.permissions)
        after = initial
        if applied:
            after = await change_settings(added.merchant_id, applied, staff)
            warnings.extend((*unknown_names_of(after), *unsent_mails_of(after, settings)))
        await add_api_user(login, f"{login}-api", api_password, staff, must_change=one_time)
        warnings.extend(warnings_of(added, after, has_certificate=False))

    _administer(work)
    shown = None if password else api_password
    if as_json:
        user = {"userName": f"{login}-api", **({"password": shown} if shown else {})}
        print_json({"merchantLogin": login, **user})
        return
    print_line(f"{login} is added. Its API user: {login}-api")
    if shown:
        _print_once("password", shown)
    for line in warnings:
        print_line(line)


def _initial_settings(*, sandbox: bool) -> "MerchantSettings":
    """The settings of a new shop: all permissions in the sandbox, the basic ones in production."""
    from altyn.domain.merchant import BASIC, OPENING, MerchantSettings

    return MerchantSettings(permissions=OPENING if sandbox else BASIC)


def _print_once(name: str, secret: str) -> None:
    print_line(f"{name} (shown once, not stored): {secret}")


@app.command("list")
def list_all(as_json: JsonFlag = False) -> None:  # noqa: FBT002 - an option of the command
    """List all shops."""

    async def work(staff: "StaffContext") -> None:
        from altyn.cli.merchants.members import merchant_members
        from altyn.cli.merchants.view import merchants_table
        from altyn.operations.staff.merchants import list_merchants

        shops = await list_merchants(staff)
        logins = {shop.merchant_id: shop.login for shop in shops}
        if as_json:
            print_json([merchant_members(s, logins.get(s.parent_id or 0)) for s in shops])
        else:
            console().print(merchants_table(shops))

    _administer(work)


@app.command()
def show(login: Login, as_json: JsonFlag = False) -> None:  # noqa: FBT002
    """Show a shop: users, settings, permissions, and the history of its settings."""

    async def work(staff: "StaffContext") -> None:
        from altyn.cli.merchants.members import detail_members
        from altyn.cli.merchants.view import print_merchant
        from altyn.operations.staff.merchants import merchant_details

        details = await merchant_details(login, staff)
        if as_json:
            print_json(detail_members(details))
        else:
            print_merchant(details)

    _administer(work)


@app.command("set", context_settings=CONTEXT_WITH_CHANGES)
def change(
    login: Login,
    changes: Annotated[
        list[str], typer.Argument(help=CHANGES_HELP, autocompletion=complete_change)
    ],
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """Change a shop: hold_days=5 callbacks.urls=https://shop.example/cb +refund -two_phase"""
    from altyn.cli.merchants.changes import read_changes

    changed, gateway = read_changes(changes), read_settings()
    _check_callback_urls(changed.settings.get("callbacks.urls"))

    async def work(staff: "StaffContext") -> None:
        from altyn.cli.merchants.members import change_members
        from altyn.cli.merchants.view import (
            differences,
            unknown_names_of,
            unsent_mails_of,
            warnings_of,
        )
        from altyn.operations.staff.merchants import find_merchant
        from altyn.operations.staff.settings import change_settings

        merchant = await find_merchant(login, staff)
        applied = changed.applied_to(merchant.settings.permissions)
        after = await change_settings(merchant.merchant_id, applied, staff)
        certificates = await staff.store.certificates(merchant.merchant_id)
        warnings = warnings_of(merchant, after, has_certificate=bool(certificates))
        notes = (*warnings, *unknown_names_of(after), *unsent_mails_of(after, gateway))
        if as_json:
            print_json(change_members(merchant, after, notes))
            return
        lines = differences(merchant.settings, after)
        result = "changed, in force within a second" if lines else "nothing to change"
        for line in (*lines, f"{merchant.login}: {result}.", *notes):
            print_line(line)

    _administer(work)


app.command()(certificate)


def _check_callback_urls(urls: str | None) -> None:
    """Refuses with CommandError: a URL that the gateway would never call."""
    from altyn.operations.staff.setting_rules import addresses_of

    for url in addresses_of(urls or ""):
        if refusal := refusal_of_address(url):
            raise CommandError(f"callbacks.urls: {url} cannot be called: {refusal}")


@app.command()
def settings(as_json: JsonFlag = False) -> None:  # noqa: FBT002 - an option of the command
    """List every setting and permission, with the allowed values."""
    from altyn.cli.merchants.members import choice_members
    from altyn.cli.merchants.view import print_choices

    if as_json:
        print_json(choice_members())
    else:
        print_choices()


@app.command()
def password(
    user: User,
    generate: Generate = False,  # noqa: FBT002 - an option of the command
    one_time: OneTime = False,  # noqa: FBT002 - an option of the command
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """Set a user's password: typed twice at the prompt, or generated."""
    new = new_password() if generate else _prompt_for_password(user)

    until: list[datetime] = []

    async def work(staff: "StaffContext") -> None:
        from altyn.operations.account.api_credentials import RESTORE_TIME
        from altyn.operations.staff.users import set_password

        is_kept = await password_is_kept(user, staff)
        await set_password(user, new, staff, must_change=one_time)
        if is_kept:
            until.append(staff.clock.now() + RESTORE_TIME)

    _administer(work)
    restorable = until[0] if until else None
    if as_json:
        shown = {"password": new} if generate else {}
        print_json({"userName": user, **shown, **until_member(restorable)})
        return
    print_line(f"{user} has a new password; the old one is refused within a second.")
    if generate:
        _print_once("password", new)
    print_until("password", user, restorable)


def _prompt_for_password(user: str) -> str:
    try:
        first = getpass.getpass(f"New password of {user}: ")
        second = getpass.getpass("Repeat the password: ")
    except EOFError:
        raise CommandError("No password was typed. Use --generate to generate one.") from None
    if first != second:
        raise CommandError("The two passwords differ; nothing was changed. Try again.")
    return first


@app.command()
def token(
    user: User,
    replace: Replace = False,  # noqa: FBT002 - an option of the command
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """Create a token for an API user; it is shown once."""
    new, until = new_token(), None

    async def work(staff: "StaffContext") -> None:
        from altyn.operations.staff.tokens import add_token

        await add_token(user, new, staff)

    if replace:
        until = replace_tokens(user, new)
    else:
        _administer(work)
    if as_json:
        print_json({"userName": user, "token": new, **until_member(until)})
        return
    _print_once(f"token of {user}", new)
    print_until("token", user, until)


app.command()(restore_password)
app.command()(restore_token)


@app.command()
def block(login: Login, as_json: JsonFlag = False) -> None:  # noqa: FBT002
    """Block a shop and all its users; its orders are not changed."""
    _block(login, blocked=True, as_json=as_json)


@app.command()
def unblock(login: Login, as_json: JsonFlag = False) -> None:  # noqa: FBT002
    """Unblock a shop and all its users."""
    _block(login, blocked=False, as_json=as_json)


def _block(login: str, *, blocked: bool, as_json: bool) -> None:
    async def work(staff: "StaffContext") -> None:
        from altyn.operations.staff.merchants import block_merchant

        await block_merchant(login, staff, blocked=blocked)

    _administer(work)
    if as_json:
        print_json({"merchantLogin": login, "blocked": blocked})
        return
    print_line(f"{login} is {'blocked' if blocked else 'unblocked'}.")
