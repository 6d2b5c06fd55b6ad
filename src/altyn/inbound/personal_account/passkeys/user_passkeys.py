"""Removes the passkeys of another user of the shop, whose device is lost: a form of its page."""

from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import BaseRoute

from altyn.domain.account.roles import Action
from altyn.inbound.personal_account.access import AccountAccess, AccountRequest
from altyn.inbound.personal_account.pages import USERS_PATH
from altyn.inbound.web.responses import see_other
from altyn.operations.account.passkey_ports import PasskeyContext
from altyn.operations.account.passkeys import remove_passkeys_of


@dataclass(frozen=True, slots=True)
class UserPasskeys:
    """Needs the right to manage users."""

    access: AccountAccess
    context: PasskeyContext

    def routes(self) -> list[BaseRoute]:
        """The address of the form."""
        path = f"{USERS_PATH}/{{login}}/passkeys"
        return [self.access.page("POST", path, self.remove, needs=Action.USERS)]

    async def remove(self, asked: AccountRequest) -> Response:
        """Remove all passkeys of the user."""
        login = asked.request.path_params["login"]
        await remove_passkeys_of(login, asked.current.actor, self.context)
        return see_other(f"{USERS_PATH}/{login}?done=passkeys")
