"""The page of the API's credentials: a new password, a new token, and their undo.

Source: personal-account.md §1, §2 (the previous one can be restored within five minutes).
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute

from altyn.domain.account.roles import Action
from altyn.inbound.personal_account.access import AccountAccess, AccountRequest
from altyn.inbound.personal_account.pages import API_PATH, account_frame, render
from altyn.inbound.personal_account.texts import account_text, reason_text
from altyn.inbound.web.responses import page
from altyn.operations.account.api_credentials import (
    can_be_restored,
    can_restore_tokens,
    change_api_password,
    change_token,
    list_api_users,
    restore_api_password,
    restore_token,
    state_of,
)
from altyn.operations.account.errors import AccountError

BAD_REQUEST: Final = 400


@dataclass(frozen=True, slots=True)
class ShownSecret:
    """What is shown once after a change: the kind of text, the API user, and the secret."""

    kind: str
    login: str
    secret: str = ""


@dataclass(frozen=True, slots=True)
class ApiPage:
    """The API users of the shop, with the forms that change their credentials."""

    access: AccountAccess

    def routes(self) -> list[BaseRoute]:
        """The addresses of the page."""
        one = f"{API_PATH}/{{login}}"
        changes = (
            ("password", self._change_password),
            ("token", self._change_token),
            ("restore-password", self._restore_password),
            ("restore-token", self._restore_token),
        )
        page_of, needs = self.access.page, Action.API_CREDENTIALS
        return [
            page_of("GET", API_PATH, self.show, needs=needs),
            *(
                page_of("POST", f"{one}/{name}", self._changing(work), needs=needs)
                for name, work in changes
            ),
        ]

    async def show(self, asked: AccountRequest) -> Response:
        """The API users of the shop."""
        return await self._page(asked)

    def _changing(
        self, change: Callable[[AccountRequest, str], Awaitable[ShownSecret]]
    ) -> Callable[[AccountRequest], Awaitable[Response]]:
        """A form of the page: carries a change out, and shows the page with its result."""

        async def work(asked: AccountRequest) -> Response:
            try:
                done = await change(asked, asked.request.path_params["login"])
            except AccountError as error:
                return await self._page(asked, error=error)
            return await self._page(asked, done=done)

        return work

    async def _change_password(self, asked: AccountRequest, login: str) -> ShownSecret:
        """A typed password, or a generated one when the field is empty."""
        context = self.access.context
        typed = asked.form.get("new_password", "")
        password = typed or context.new_api_password()
        expected = asked.form.get("expected")
        await change_api_password(login, password, asked.current.actor, context, expected=expected)
        return ShownSecret("api_password_changed", login, "" if typed else password)

    async def _change_token(self, asked: AccountRequest, login: str) -> ShownSecret:
        context = self.access.context
        token, expected = context.new_token(), asked.form.get("expected")
        await change_token(login, token, asked.current.actor, context, expected=expected)
        return ShownSecret("token_changed", login, token)

    async def _restore_password(self, asked: AccountRequest, login: str) -> ShownSecret:
        await restore_api_password(login, asked.current.actor, self.access.context)
        return ShownSecret("api_password_restored", login)

    async def _restore_token(self, asked: AccountRequest, login: str) -> ShownSecret:
        await restore_token(login, asked.current.actor, self.access.context)
        return ShownSecret("token_restored", login)

    async def _page(
        self,
        asked: AccountRequest,
        *,
        done: ShownSecret | None = None,
        error: AccountError | None = None,
    ) -> Response:
        actor, context = asked.current.actor, self.access.context
        users = await list_api_users(actor, context)
        frame = account_frame(asked.request, asked.current, "api", sandbox=self.access.sandbox)
        language = frame.language
        html = render(
            "api.html",
            frame,
            users=[
                (
                    user,
                    can_be_restored(user, actor, context),
                    can_restore_tokens(user, context),
                    state_of(user),
                )
                for user in users
            ],
            path=API_PATH,
            done=done,
            result=account_text(done.kind, language=language, login=done.login) if done else "",
            problem=reason_text(error, language) if error else "",
        )
        return page(html, BAD_REQUEST if error else 200)
