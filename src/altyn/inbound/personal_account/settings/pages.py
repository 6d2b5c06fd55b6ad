"""The frame of the settings pages: their templates, their sections, their routes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.responses import Response

from altyn.inbound.personal_account.access import AccountRequest
from altyn.inbound.personal_account.pages import SETTINGS_PATH, account_frame
from altyn.inbound.personal_account.settings.texts import settings_text
from altyn.inbound.web.frame import WebFrame, WebPages
from altyn.inbound.web.responses import page
from altyn.operations.staff.shop_settings import SettingSection

SESSIONS: Final = "sessions"
SECTIONS: Final = (*map(str, SettingSection), SESSIONS)

render: Final = WebPages(Path(__file__).parent / "templates", settings_text).renderer()


@dataclass(frozen=True, slots=True)
class SettingsFrame:
    """Renders a page of the settings for the user of a request."""

    sandbox: bool

    def frame(self, asked: AccountRequest) -> WebFrame:
        """The frame, with Settings as the current row of the menu."""
        return account_frame(asked.request, asked.current, "settings", sandbox=self.sandbox)

    def page(
        self,
        template: str,
        asked: AccountRequest,
        section: str,
        status: int = 200,
        **values: object,
    ) -> Response:
        """A page of a section."""
        done = asked.request.query_params.get("done", "")
        html = render(
            template,
            self.frame(asked),
            section=section,
            sections=SECTIONS,
            base=SETTINGS_PATH,
            done=done if done in _DONE else "",
            **values,
        )
        return page(html, status)


_DONE: Final = frozenset({"saved", "same", "key", "certificate", "ended", "gone"})
