"""The pages of page sets: the list with the upload, and one set with its findings and preview.

Source: personal-account.md §6.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute

from altyn.domain.account.roles import Action
from altyn.domain.page_set import (
    ARCHIVE_BYTES_MAX,
    FINDINGS_MAX,
    Finding,
    PageSet,
    PageSetState,
    previous_of,
)
from altyn.inbound.page_sets.check import check_page_set
from altyn.inbound.page_sets.preview import PREVIEW_POLICY, preview_page
from altyn.inbound.payment_page.responses import ALWAYS
from altyn.inbound.personal_account.access import AccountAccess, AccountRequest
from altyn.inbound.personal_account.page_sets.texts import fault_text, page_set_text, reason_text
from altyn.inbound.personal_account.pages import PAGE_SETS_PATH, SETTINGS_PATH, account_frame
from altyn.inbound.web.frame import WebFrame, WebPages
from altyn.inbound.web.responses import POLICY, page, see_other
from altyn.operations.page_sets import PageSetError, PageSets

FORM_BYTES: Final = 16 * 1024
BAD_REQUEST: Final = 400
NOT_FOUND: Final = 404
CONFLICT: Final = 409
DIGITS_MAX: Final = 6
KILO: Final = 1024
_DONE: Final = frozenset({"uploaded", "activated", "deactivated", "removed"})
_WITH_PREVIEW: Final = {"Content-Security-Policy": f"{POLICY}; frame-src 'self'"}
_TONES: Final = {
    PageSetState.READY: "plain",
    PageSetState.WAITING: "warn",
    PageSetState.REFUSED: "danger",
    PageSetState.ACTIVE: "ok",
}

render: Final = WebPages(
    Path(__file__).parent / "templates", page_set_text, {"fault": fault_text}
).renderer()
Change = Callable[[AccountRequest, PageSet], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class PageSetPages:
    """Shows and changes the page sets of the user's shop; one process checks one set at a time."""

    access: AccountAccess
    page_sets: PageSets
    checking: asyncio.Lock = field(default_factory=asyncio.Lock)

    def routes(self) -> list[BaseRoute]:
        """The addresses of the pages and forms."""
        one = f"{PAGE_SETS_PATH}/{{number}}"
        posted = (
            (f"{one}/activate", self._of_one(self.activate)),
            (f"{one}/deactivate", self._of_one(self.deactivate)),
            (f"{one}/remove", self._of_one(self.remove)),
        )
        right = Action.SETTINGS
        return [
            self.access.page("GET", PAGE_SETS_PATH, self.show_all, needs=right),
            self.access.page(
                "POST",
                PAGE_SETS_PATH,
                self.upload,
                needs=right,
                bytes_max=ARCHIVE_BYTES_MAX + FORM_BYTES,
            ),
            self.access.page("GET", one, self._of_one(self.show), needs=right),
            self.access.page(
                "GET", f"{one}/preview/{{file}}", self._of_one(self.preview), needs=right
            ),
            *(self.access.page("POST", path, work, needs=right) for path, work in posted),
        ]

    # ── Pages ─────────────────────────────────────────────────────────────────────────────────────

    async def show_all(self, asked: AccountRequest) -> Response:
        """The list of the sets, and the form of the upload."""
        return await self._list(asked)

    async def show(self, asked: AccountRequest, found: PageSet) -> Response:
        """One set: its state, its findings, its preview."""
        return self._set(asked, found)

    async def preview(self, asked: AccountRequest, found: PageSet) -> Response:
        """A page of a set with a sample order, for the frame of the set's page."""
        file = asked.request.path_params["file"]
        if file not in found.pages:
            return self._no_set(asked)
        language = _language_of(file)
        shop_name = asked.current.merchant.name_in(language)
        async with self.checking:  # those that wait have no files in memory
            files = await self.page_sets.files(found.number, asked.current.actor)
            html = await asyncio.to_thread(preview_page, file, files, shop_name, language)
        return HTMLResponse(html, headers={**ALWAYS, "Content-Security-Policy": PREVIEW_POLICY})

    # ── Forms ─────────────────────────────────────────────────────────────────────────────────────

    async def upload(self, asked: AccountRequest) -> Response:
        """Check an archive, and store it when nothing has to be mended first."""
        archive = asked.files.get("file")
        if not archive:
            return await self._list(asked, BAD_REQUEST, problem="upload_no_file")
        async with self.checking:  # the threads of a check take time from the payments
            checked = await asyncio.to_thread(check_page_set, archive)
        if not checked.storable:
            return await self._list(asked, BAD_REQUEST, findings=checked.findings)
        try:
            added = await self.page_sets.upload(checked, asked.current.actor)
        except PageSetError as error:
            return await self._list(asked, CONFLICT, refused=error)
        return see_other(f"{PAGE_SETS_PATH}/{added.number}?done=uploaded")

    async def activate(self, asked: AccountRequest, found: PageSet) -> Response:
        """Show these pages to payers."""
        await self.page_sets.activate(found.number, asked.current.actor)
        return see_other(f"{PAGE_SETS_PATH}/{found.number}?done=activated")

    async def deactivate(self, asked: AccountRequest, found: PageSet) -> Response:
        """Show the gateway's pages again."""
        await self.page_sets.deactivate(found.number, asked.current.actor)
        return see_other(f"{PAGE_SETS_PATH}/{found.number}?done=deactivated")

    async def remove(self, asked: AccountRequest, found: PageSet) -> Response:
        """Remove a set that is not active."""
        await self.page_sets.remove(found.number, asked.current.actor)
        return see_other(f"{PAGE_SETS_PATH}?done=removed")

    # ── Parts ─────────────────────────────────────────────────────────────────────────────────────

    def _of_one(self, work: Change) -> Callable[[AccountRequest], Awaitable[Response]]:
        """Finds the set of the address among those of the user's shop."""

        async def answer(asked: AccountRequest) -> Response:
            text = asked.request.path_params["number"]
            is_number = text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX
            try:
                found = await self.page_sets.find(
                    int(text) if is_number else 0, asked.current.actor
                )
            except PageSetError:
                return self._no_set(asked)
            try:
                return await work(asked, found)
            except PageSetError as error:
                if _is_preview(asked):  # the set was removed while its page was open
                    return self._no_set(asked)
                return self._set(asked, found, CONFLICT, refused=error)

        return answer

    async def _list(
        self,
        asked: AccountRequest,
        status: int = 200,
        *,
        problem: str = "",
        findings: Sequence[Finding] = (),
        refused: PageSetError | None = None,
    ) -> Response:
        sets = await self.page_sets.sets(asked.current.actor)
        frame = self._frame(asked)
        html = render(
            "page_sets.html",
            frame,
            **_common(asked),
            sets=sets,
            previous=previous_of(sets),
            problem=problem,
            findings=findings,
            refused=reason_text(refused.reason, frame.language) if refused else "",
        )
        return page(html, status)

    def _set(
        self,
        asked: AccountRequest,
        found: PageSet,
        status: int = 200,
        *,
        refused: PageSetError | None = None,
    ) -> Response:
        query, frame = asked.request.query_params, self._frame(asked)
        shown = query.get("page", "")
        html = render(
            "page_set.html",
            frame,
            **_common(asked),
            set=found,
            shown=shown if shown in found.pages else _first_page(found, frame.language),
            size="phone" if query.get("size") == "phone" else "desktop",
            refused=reason_text(refused.reason, frame.language) if refused else "",
        )
        return page(html, status, _WITH_PREVIEW)

    def _no_set(self, asked: AccountRequest) -> Response:
        if _is_preview(asked):
            return PlainTextResponse("not found\n", NOT_FOUND)
        html = render("no_page_set.html", self._frame(asked), **_common(asked))
        return page(html, NOT_FOUND)

    def _frame(self, asked: AccountRequest) -> WebFrame:
        return account_frame(asked.request, asked.current, "settings", sandbox=self.access.sandbox)


def _is_preview(asked: AccountRequest) -> bool:
    """Whether the answer is shown in the frame of a set's page."""
    return "/preview/" in asked.request.url.path


def _common(asked: AccountRequest) -> dict[str, object]:
    done = asked.request.query_params.get("done", "")
    return {
        "path": PAGE_SETS_PATH,
        "settings_path": f"{SETTINGS_PATH}/page",
        "done": done if done in _DONE else "",
        "tones": _TONES,
        "kilo": KILO,
        "findings_max": FINDINGS_MAX,
    }


def _first_page(found: PageSet, language: str) -> str:
    """The page that is shown first: where there is one, the payment page in this language."""
    best = f"payment_{language}.html"
    payment = [each for each in found.pages if "payment_" in each]
    return best if best in found.pages else (payment or list(found.pages))[0]


def _language_of(file: str) -> str:
    """The language of a page, for the words of its sample order."""
    return "en" if file.endswith("_en.html") else "ru"
