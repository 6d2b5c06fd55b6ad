"""The page on which a user switches one-time codes (second factor) on and off."""

from dataclasses import dataclass
from typing import Final

from markupsafe import Markup
from starlette.responses import Response
from starlette.routing import BaseRoute

from altyn.inbound.personal_account.access import AccountAccess, AccountRequest
from altyn.inbound.personal_account.pages import CODES_PATH, PROFILE_PATH, account_frame, render
from altyn.inbound.personal_account.texts import reason_text
from altyn.inbound.web.responses import page, see_other
from altyn.look.qr import qr_svg
from altyn.operations.account.errors import AccountError
from altyn.operations.account.one_time_codes import switch_codes_off, switch_codes_on
from altyn.operations.account.ports import NewCodes

BAD_REQUEST: Final = 400
QR_PIXELS: Final = 220


@dataclass(frozen=True, slots=True)
class CodesPage:
    """The QR code of a new secret, and the forms to switch codes on and off."""

    access: AccountAccess

    def routes(self) -> list[BaseRoute]:
        """The addresses of the page."""
        page_of = self.access.page
        return [
            page_of("GET", CODES_PATH, self.show, needs=None),
            page_of("POST", f"{CODES_PATH}/on", self.switch_on, needs=None),
            page_of("POST", f"{CODES_PATH}/off", self.switch_off, needs=None),
        ]

    async def show(self, asked: AccountRequest) -> Response:
        """A new secret, or the form to switch the codes off."""
        return self._page(asked)

    async def switch_on(self, asked: AccountRequest) -> Response:
        """Demand a code at each further login."""
        form, context = asked.form, self.access.context
        try:
            await switch_codes_on(
                asked.current,
                form.get("password", ""),
                form.get("offered", ""),
                form.get("code", ""),
                context,
            )
        except AccountError as error:
            return self._page(asked, error)
        return see_other(f"{PROFILE_PATH}?done=codes_on")

    async def switch_off(self, asked: AccountRequest) -> Response:
        """Demand no codes any more."""
        password = asked.form.get("password", "")
        try:
            await switch_codes_off(asked.current, password, self.access.context)
        except AccountError as error:
            return self._page(asked, error)
        return see_other(f"{PROFILE_PATH}?done=codes_off")

    def _page(self, asked: AccountRequest, error: AccountError | None = None) -> Response:
        frame = account_frame(asked.request, asked.current, "profile", sandbox=self.access.sandbox)
        user = asked.current.user
        new = None if user.code_secret else self.access.context.codes.new(user)
        html = render(
            "codes.html",
            frame,
            new=new,
            qr=_qr(new) if new else "",
            path=CODES_PATH,
            problem=reason_text(error, frame.language) if error else "",
        )
        return page(html, BAD_REQUEST if error else 200)


def _qr(new: NewCodes) -> Markup:
    svg = qr_svg(new.address, side=QR_PIXELS).decode()
    return Markup(svg[svg.index("<svg") :])  # noqa: S704 - drawn by us
