"""The page of a user's own passkeys: add, rename, remove."""

from dataclasses import dataclass
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute

from altyn.domain.account.passkeys import (
    NAME_LENGTH_MAX,
    PASSKEYS_MAX,
    PasskeySite,
    SiteFault,
)
from altyn.inbound.personal_account.access import AccountAccess, AccountRequest
from altyn.inbound.personal_account.pages import PASSKEYS_PATH, PROFILE_PATH, account_frame
from altyn.inbound.personal_account.passkeys.site import (
    challenge_token,
    keep_challenge,
    require_site,
    site_of,
)
from altyn.inbound.personal_account.passkeys.texts import RENDER
from altyn.inbound.personal_account.texts import reason_text
from altyn.inbound.rest.answers import base_url_of
from altyn.inbound.web.frame import WebFrame
from altyn.inbound.web.responses import page, see_other
from altyn.operations.account.errors import AccountError
from altyn.operations.account.passkey_ports import PasskeyContext
from altyn.operations.account.passkeys import (
    CreatedPasskey,
    add_passkey,
    offer_passkey,
    own_passkeys,
    remove_passkey,
    rename_passkey,
)

BAD_REQUEST: Final = 400
CHANGES: Final = ("added", "renamed", "removed")


@dataclass(frozen=True, slots=True)
class PasskeysPage:
    """Every user manages its own passkeys, whatever its rights."""

    access: AccountAccess
    context: PasskeyContext

    def routes(self) -> list[BaseRoute]:
        """The addresses of the page and its forms."""
        page_of = self.access.page
        return [
            page_of("GET", PASSKEYS_PATH, self.show, needs=None),
            page_of("POST", f"{PASSKEYS_PATH}/new", self.offer, needs=None),
            page_of("POST", f"{PASSKEYS_PATH}/add", self.add, needs=None),
            page_of("POST", f"{PASSKEYS_PATH}/rename", self.rename, needs=None),
            page_of("POST", f"{PASSKEYS_PATH}/remove", self.remove, needs=None),
        ]

    async def show(self, asked: AccountRequest) -> Response:
        """The passkeys, and the form to add one."""
        return await self._page(asked)

    async def offer(self, asked: AccountRequest) -> Response:
        """The second step of an addition: the page on which the device creates the passkey."""
        form, name = asked.form, asked.form.get("name", "").strip()
        try:
            site = require_site(asked.request, self.access)
            offered = await offer_passkey(
                asked.current, name, form.get("password", ""), site, self.context
            )
        except AccountError as error:
            return await self._page(asked, error, name)
        html = RENDER(
            "new_passkey.html",
            self._frame(asked),
            path=PASSKEYS_PATH,
            name=name,
            options=offered.options,
        )
        return keep_challenge(page(html), offered.challenge, self.access)

    async def add(self, asked: AccountRequest) -> Response:
        """Store the passkey that the device has created."""
        form = asked.form
        created = CreatedPasskey(
            name=form.get("name", "").strip(),
            response=form.get("credential", ""),
            token=challenge_token(asked.request, self.access),
        )
        try:
            site = require_site(asked.request, self.access)
            await add_passkey(asked.current, created, site, self.context)
        except AccountError as error:
            return await self._page(asked, error, created.name)
        return see_other(f"{PASSKEYS_PATH}?done=added")

    async def rename(self, asked: AccountRequest) -> Response:
        """Give a passkey another name."""
        form = asked.form
        try:
            await rename_passkey(
                asked.current,
                _credential(form.get("passkey", "")),
                form.get("name", "").strip(),
                form.get("password", ""),
                self.context,
            )
        except AccountError as error:
            return await self._page(asked, error)
        return see_other(f"{PASSKEYS_PATH}?done=renamed")

    async def remove(self, asked: AccountRequest) -> Response:
        """Remove a passkey."""
        form = asked.form
        credential_id = _credential(form.get("passkey", ""))
        try:
            await remove_passkey(
                asked.current, credential_id, form.get("password", ""), self.context
            )
        except AccountError as error:
            return await self._page(asked, error)
        return see_other(f"{PASSKEYS_PATH}?done=removed")

    async def _page(
        self, asked: AccountRequest, error: AccountError | None = None, name: str = ""
    ) -> Response:
        frame, site = self._frame(asked), site_of(asked.request, self.access)
        passkeys = await own_passkeys(asked.current, self.context)
        done = asked.request.query_params.get("done", "")
        html = RENDER(
            "passkeys.html",
            frame,
            passkeys=passkeys,
            path=PASSKEYS_PATH,
            profile_path=PROFILE_PATH,
            problem=reason_text(error, frame.language) if error else "",
            done=done if done in CHANGES and not error else "",
            fault=site if isinstance(site, SiteFault) else "",
            rp_id=site.rp_id if isinstance(site, PasskeySite) else "",
            address=self.access.public_url or base_url_of(asked.request.scope),
            name=name,
            name_length=NAME_LENGTH_MAX,
            is_full=len(passkeys) >= PASSKEYS_MAX,
        )
        return page(html, BAD_REQUEST if error else 200)

    def _frame(self, asked: AccountRequest) -> WebFrame:
        return account_frame(asked.request, asked.current, "profile", sandbox=self.access.sandbox)


def _credential(name: str) -> bytes:
    """The credential that a form names in hexadecimal; empty for a text that is none."""
    try:
        return bytes.fromhex(name)
    except ValueError:
        return b""
