"""The page of the shop's users: their list, a new user, one user with role and rights.

Source: personal-account.md §2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute

from altyn.domain.account.roles import GRANTS, AccountRole, Action, Grant
from altyn.domain.account.user import AccountUser
from altyn.inbound.personal_account.access import AccountAccess, AccountRequest
from altyn.inbound.personal_account.pages import USERS_PATH, account_frame, render
from altyn.inbound.personal_account.texts import reason_text
from altyn.inbound.web.frame import WebFrame
from altyn.inbound.web.responses import page, see_other
from altyn.operations.account.errors import AccountError, Reason
from altyn.operations.account.users import (
    NewPassword,
    add_user,
    block_user,
    change_rights,
    list_users,
    reset_password,
)

BAD_REQUEST: Final = 400
SWITCHABLE: Final = frozenset({Grant.ON, Grant.OFF})


@dataclass(frozen=True, slots=True)
class UsersPage:
    """The list of users, and the page of one."""

    access: AccountAccess

    def routes(self) -> list[BaseRoute]:
        """The addresses of the pages."""
        one = f"{USERS_PATH}/{{login}}"
        served = (
            ("GET", USERS_PATH, self.show_list),
            ("POST", USERS_PATH, self.add),
            ("GET", one, self.show_user),
            ("POST", f"{one}/rights", self.change_rights),
            ("POST", f"{one}/block", self.block),
            ("POST", f"{one}/password", self.reset_password),
        )
        return [
            self.access.page(method, path, work, needs=Action.USERS)
            for method, path, work in served
        ]

    async def show_list(self, asked: AccountRequest) -> Response:
        """All users of the shop, and the form for a new one."""
        return await self._list(asked)

    async def add(self, asked: AccountRequest) -> Response:
        """Add a user; the answer shows its one-time password."""
        form, actor = asked.form, asked.current.actor
        login, role = form.get("login", "").strip(), form.get("role", "")
        try:
            added = await add_user(login, _role(role), actor, self.access.context)
        except AccountError as error:
            return await self._list(asked, login=login, role=role, error=error)
        return await self._list(asked, new=added)

    async def show_user(self, asked: AccountRequest) -> Response:
        """One user: role, rights, block, password."""
        return await self._user(asked)

    async def change_rights(self, asked: AccountRequest) -> Response:
        """Save role and rights. A new role begins with its own rights."""
        user, role = await self._asked_user(asked), _role(asked.form.get("role", ""))
        wanted = set(asked.all_of("right"))
        grant: list[Action] = []
        revoke: list[Action] = []
        if role is user.rights.role:
            switchable = [each for each in Action if GRANTS[role, each] in SWITCHABLE]
            grant = [each for each in switchable if each in wanted and not user.rights.allow(each)]
            revoke = [each for each in switchable if each not in wanted and user.rights.allow(each)]
        try:
            await change_rights(
                user.login,
                asked.current.actor,
                self.access.context,
                role=role,
                grant=grant,
                revoke=revoke,
            )
        except AccountError as error:
            return await self._user(asked, error=error)
        return see_other(f"{USERS_PATH}/{user.login}?done=rights")

    async def block(self, asked: AccountRequest) -> Response:
        """Block or unblock the user."""
        user = await self._asked_user(asked)
        blocked = asked.form.get("blocked") == "yes"
        try:
            await block_user(user.login, asked.current.actor, self.access.context, blocked=blocked)
        except AccountError as error:
            return await self._user(asked, error=error)
        done = "blocked" if blocked else "unblocked"
        return see_other(f"{USERS_PATH}/{user.login}?done={done}")

    async def reset_password(self, asked: AccountRequest) -> Response:
        """Give the user a one-time password, which the answer shows."""
        user = await self._asked_user(asked)
        codes_too = asked.form.get("codes_too") == "yes"
        try:
            new = await reset_password(
                user.login, asked.current.actor, self.access.context, codes_too=codes_too
            )
        except AccountError as error:
            return await self._user(asked, error=error)
        return await self._user(asked, new=new)

    async def _asked_user(self, asked: AccountRequest) -> AccountUser:
        """The user of the shop that the address names. Raises AccountError for another login."""
        login = asked.request.path_params["login"]
        users: Sequence[AccountUser] = await list_users(asked.current.actor, self.access.context)
        for user in users:
            if user.login == login:
                return user
        raise AccountError(Reason.USER_UNKNOWN, login)

    async def _list(
        self,
        asked: AccountRequest,
        *,
        login: str = "",
        role: str = AccountRole.OPERATOR,
        new: NewPassword | None = None,
        error: AccountError | None = None,
    ) -> Response:
        users = await list_users(asked.current.actor, self.access.context)
        frame = self._frame(asked)
        html = render(
            "users.html",
            frame,
            users=users,
            now=self.access.context.clock.now(),
            roles=tuple(AccountRole),
            login=login,
            role=role,
            new=new,
            path=USERS_PATH,
            problem=reason_text(error, frame.language) if error else "",
        )
        return page(html, BAD_REQUEST if error else 200)

    async def _user(
        self,
        asked: AccountRequest,
        *,
        new: NewPassword | None = None,
        error: AccountError | None = None,
    ) -> Response:
        user = await self._asked_user(asked)
        frame = self._frame(asked)
        grants = [(each, GRANTS[user.rights.role, each]) for each in Action]
        html = render(
            "user.html",
            frame,
            user=user,
            is_own=user.login == asked.current.user.login,
            is_locked=user.is_locked(self.access.context.clock.now()),
            roles=tuple(AccountRole),
            rights=[
                (each, grant in SWITCHABLE, user.rights.allow(each))
                for each, grant in grants
                if grant is not Grant.NEVER
            ],
            new=new,
            path=USERS_PATH,
            done=asked.request.query_params.get("done", ""),
            problem=reason_text(error, frame.language) if error else "",
        )
        return page(html, BAD_REQUEST if error else 200)

    def _frame(self, asked: AccountRequest) -> WebFrame:
        return account_frame(asked.request, asked.current, "users", sandbox=self.access.sandbox)


def _role(text: str) -> AccountRole:
    """The role of a form. Raises AccountError for one that no form of ours has."""
    if text not in set(AccountRole):
        raise AccountError(Reason.FORM_OUTDATED)
    return AccountRole(text)
