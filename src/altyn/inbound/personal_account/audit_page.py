"""The page of the audit log: who changed what, when and from where; and the log as CSV."""

from dataclasses import dataclass
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute

from altyn.domain.account.roles import Action
from altyn.inbound.personal_account.access import AccountAccess, AccountRequest
from altyn.inbound.personal_account.pages import AUDIT_PATH, account_frame, render
from altyn.inbound.web.paging import PageLinks
from altyn.inbound.web.responses import HEADERS, page
from altyn.operations.account.audit_log import audit_entries, newest_entries
from altyn.reports.cells import csv_line, safe_text

ENTRIES_SHOWN: Final = 50
NUMBER_MAX: Final = 2**62
CSV_PATH: Final = f"{AUDIT_PATH}.csv"
COLUMNS: Final = ("number", "at", "actor", "address", "action", "subject", "detail", "hash")


@dataclass(frozen=True, slots=True)
class AuditPage:
    """The newest entries of the shop's log."""

    access: AccountAccess

    def routes(self) -> list[BaseRoute]:
        """The addresses of the page and of its table."""
        return [
            self.access.page("GET", AUDIT_PATH, self.show, needs=Action.AUDIT),
            self.access.page("GET", CSV_PATH, self.download, needs=Action.AUDIT),
        ]

    async def show(self, asked: AccountRequest) -> Response:
        """A part of the log, newest first; `before` is the number of an entry."""
        sent = asked.request.query_params.get("before", "")
        before = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 19 else NUMBER_MAX  # noqa: PLR2004 - digits of a bigint
        found = await newest_entries(
            asked.current.actor, self.access.context, before=before, limit=ENTRIES_SHOWN + 1
        )
        shown = found[:ENTRIES_SHOWN]
        is_first = before == NUMBER_MAX
        pages = PageLinks(
            is_first=is_first,
            newest=None if is_first else AUDIT_PATH,
            older=f"{AUDIT_PATH}?before={shown[-1].number}" if len(found) > ENTRIES_SHOWN else None,
        )
        frame = account_frame(asked.request, asked.current, "audit", sandbox=self.access.sandbox)
        html = render("audit.html", frame, entries=shown, pages=pages, csv_path=CSV_PATH)
        return page(html)

    async def download(self, asked: AccountRequest) -> Response:
        """The whole log, oldest first."""
        lines = [csv_line(COLUMNS, ",")]
        async for found in audit_entries(asked.current.actor, self.access.context):
            entry = found.entry
            at = entry.at.isoformat(timespec="microseconds")
            texts = (entry.actor, entry.address, entry.action, entry.subject, entry.detail)
            cells = (str(found.number), at, *map(safe_text, texts), found.hash.hex())
            lines.append(csv_line(cells, ","))
        headers = {**HEADERS, "Content-Disposition": 'attachment; filename="audit-log.csv"'}
        return Response("".join(lines), headers=headers, media_type="text/csv;charset=utf-8")
