"""`altyn users`: the users of the personal account, for the provider's staff.

Every change is in the shop's audit log. Users of the API: `altyn merchant`.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Final

import typer

from altyn.cli.environment import read_settings
from altyn.cli.output import CommandError, JsonFlag, print_json, print_line
from altyn.cli.users.passkeys import passkeys
from altyn.domain.account.roles import GRANTS, AccountRole, Action, Grant

if TYPE_CHECKING:
    from altyn.cli.account import OpenAccount
    from altyn.domain.account.user import AccountUser
    from altyn.operations.account.users import NewPassword

app = typer.Typer(help="Add, list and change users of the personal account.")
Shop = Annotated[str, typer.Argument(help="The shop's login.")]
User = Annotated[str, typer.Argument(help="The user's login.")]
Role = Annotated[AccountRole, typer.Option(help="owner, operator, accountant or support.")]
WithoutCodes = Annotated[
    bool, typer.Option("--without-codes", help="Also switch one-time codes off.")
]
# click must not read `-refund` as an option.
CONTEXT_WITH_RIGHTS: Final = {"ignore_unknown_options": True, "help_option_names": ["--help"]}
_SIGNS: Final = {Grant.ALWAYS: "yes", Grant.ON: "on", Grant.OFF: "off", Grant.NEVER: "–"}


def _run(work: "Callable[[OpenAccount], Awaitable[None]]") -> None:
    from altyn.cli.account import with_account

    with_account(read_settings(), work)


@app.command("list")
def list_all(shop: Shop, as_json: JsonFlag = False) -> None:  # noqa: FBT002
    """List the users of a shop, with their roles and rights."""

    async def work(account: "OpenAccount") -> None:
        from altyn.operations.account.users import list_users

        actor = account.staff(await account.shop(shop))
        found = await list_users(actor, account.context)
        if as_json:
            print_json([members_of(user) for user in found])
            return
        for user in found:
            _print_user(user)
        if not found:
            print_line(f"{shop} has no users; add one with `altyn users add {shop} LOGIN`.")

    _run(work)


@app.command()
def add(
    shop: Shop,
    login: User,
    role: Role = AccountRole.OPERATOR,
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """Add a user with a one-time password, which is shown once."""

    async def work(account: "OpenAccount") -> None:
        from altyn.operations.account.users import add_user

        actor = account.staff(await account.shop(shop))
        added = await add_user(login, role, actor, account.context)
        _print_password(added, as_json=as_json, done=f"{login} is added as {role} of {shop}.")

    _run(work)


@app.command(context_settings=CONTEXT_WITH_RIGHTS)
def role(
    login: User,
    changes: Annotated[list[str], typer.Argument(help="A role, and rights: +settings, -refund.")],
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """Change a user's role and rights: operator +settings -refund"""
    new_role, granted, revoked = read_rights(changes)

    async def work(account: "OpenAccount") -> None:
        from altyn.operations.account.users import change_rights

        actor = account.staff((await account.user(login)).merchant_id)
        changed = await change_rights(
            login, actor, account.context, role=new_role, grant=granted, revoke=revoked
        )
        if as_json:
            print_json(members_of(changed))
        else:
            _print_user(changed)

    _run(work)


@app.command()
def rights(as_json: JsonFlag = False) -> None:  # noqa: FBT002 - an option of the command
    """Show which role has which rights, and which can be switched for one user."""
    if as_json:
        print_json(
            {
                action: {each: GRANTS[each, action].name.lower() for each in AccountRole}
                for action in Action
            }
        )
        return
    print_line(f"{'':12}" + "".join(f"{each:12}" for each in AccountRole))
    for action in Action:
        signs = (_SIGNS[GRANTS[each, action]] for each in AccountRole)
        print_line((f"{action:12}" + "".join(f"{sign:12}" for sign in signs)).rstrip())
    print_line(
        "\non, off: can be switched for one user with `altyn users role LOGIN +RIGHT -RIGHT`."
    )


@app.command()
def block(login: User, as_json: JsonFlag = False) -> None:  # noqa: FBT002
    """Block a user and end its sessions."""
    _block(login, blocked=True, as_json=as_json)


@app.command()
def unblock(login: User, as_json: JsonFlag = False) -> None:  # noqa: FBT002
    """Unblock a user; a lock after failed logins ends too."""
    _block(login, blocked=False, as_json=as_json)


@app.command("reset-password")
def reset(
    login: User,
    without_codes: WithoutCodes = False,  # noqa: FBT002 - an option of the command
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """Give a user a one-time password, which is shown once; sessions and a lock end."""

    async def work(account: "OpenAccount") -> None:
        from altyn.operations.account.users import reset_password

        actor = account.staff((await account.user(login)).merchant_id)
        new = await reset_password(login, actor, account.context, codes_too=without_codes)
        _print_password(new, as_json=as_json, done=f"{login} has a one-time password.")

    _run(work)


app.command()(passkeys)


def read_rights(
    words: Sequence[str],
) -> tuple[AccountRole | None, frozenset[Action], frozenset[Action]]:
    """The role, the rights to switch on and those to switch off that the words name.

    Refuses with CommandError: an unknown right, an unknown role, two roles.
    """
    new_role: AccountRole | None = None
    granted, revoked = set[Action](), set[Action]()
    for word in words:
        if word[:1] in {"+", "-"}:
            (granted if word[0] == "+" else revoked).add(_action(word[1:]))
        elif word not in set(AccountRole):
            known = ", ".join(AccountRole)
            raise CommandError(f"There is no role {word!r}. The roles: {known}.")
        elif new_role is not None:
            raise CommandError(f"{new_role} and {word}: a user has one role. Name one.")
        else:
            new_role = AccountRole(word)
    if both := granted & revoked:
        raise CommandError(f"{', '.join(sorted(both))}: both switched on and off. Choose one.")
    return new_role, frozenset(granted), frozenset(revoked)


def members_of(user: "AccountUser") -> dict[str, object]:
    """A user as JSON, without secrets."""
    return {
        "login": user.login,
        "role": user.rights.role,
        "rights": list(user.rights.actions),
        "mustChangePassword": user.must_change_password,
        "blocked": user.blocked,
        "lockedUntil": user.locked_until.isoformat() if user.locked_until else None,
        "oneTimeCodes": user.code_secret is not None,
    }


def _action(name: str) -> Action:
    try:
        return Action(name)
    except ValueError:
        known = ", ".join(Action)
        raise CommandError(f"There is no right {name!r}. The rights: {known}.") from None


def _block(login: str, *, blocked: bool, as_json: bool) -> None:
    async def work(account: "OpenAccount") -> None:
        from altyn.operations.account.users import block_user

        actor = account.staff((await account.user(login)).merchant_id)
        await block_user(login, actor, account.context, blocked=blocked)

    _run(work)
    if as_json:
        print_json({"login": login, "blocked": blocked})
    else:
        print_line(f"{login} is {'blocked' if blocked else 'unblocked'}.")


def _print_user(user: "AccountUser") -> None:
    states = [
        *(["blocked"] if user.blocked else []),
        *(["one-time password"] if user.must_change_password else []),
        *(["one-time codes"] if user.code_secret else []),
    ]
    print_line(" · ".join((user.login, user.rights.role, *states)))
    print_line(f"  {', '.join(user.rights.actions)}")


def _print_password(new: "NewPassword", *, as_json: bool, done: str) -> None:
    if as_json:
        print_json({**members_of(new.user), "password": new.password})
        return
    print_line(done)
    print_line(f"one-time password (shown once, not stored): {new.password}")
