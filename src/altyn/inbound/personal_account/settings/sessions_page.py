"""The page of the open sessions of the shop's users; one can be ended."""

from dataclasses import dataclass
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute

from altyn.domain.account.roles import Action
from altyn.domain.account.sessions import SessionStage
from altyn.inbound.personal_account.access import AccountAccess, AccountRequest
from altyn.inbound.personal_account.pages import SETTINGS_PATH
from altyn.inbound.personal_account.settings.pages import SESSIONS, SettingsFrame
from altyn.inbound.web.responses import see_other
from altyn.operations.account.sessions import end_session, open_sessions, session_name

PATH: Final = f"{SETTINGS_PATH}/{SESSIONS}"


@dataclass(frozen=True, slots=True)
class SessionsPage:
    """Who is logged in, since when and from where."""

    access: AccountAccess

    def routes(self) -> list[BaseRoute]:
        """The addresses of the page and of its form."""
        return [
            self.access.page("GET", PATH, self.show, needs=Action.SETTINGS),
            self.access.page("POST", f"{PATH}/end", self.end, needs=Action.SETTINGS),
        ]

    async def show(self, asked: AccountRequest) -> Response:
        """The open sessions of the shop."""
        found = await open_sessions(asked.current.actor, self.access.context)
        own = asked.current.session.token_hash
        rows = [
            {
                "name": session_name(each),
                "session": each,
                "own": each.token_hash == own,
                "waits": each.stage is SessionStage.CODE,
            }
            for each in found
        ]
        return SettingsFrame(self.access.sandbox).page("sessions.html", asked, SESSIONS, rows=rows)

    async def end(self, asked: AccountRequest) -> Response:
        """End a session; its user has to log in again."""
        name = asked.form.get("session", "")
        ended = await end_session(name, asked.current.actor, self.access.context)
        return see_other(f"{PATH}?done={'ended' if ended else 'gone'}")
