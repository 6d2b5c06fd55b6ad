"""The list of invoices: its filter in the address, its pages, its lines in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from altyn.domain.lifecycle import OrderStatus
from altyn.domain.money import CURRENCIES, Money
from altyn.inbound.personal_account.access import AccountRequest
from altyn.inbound.personal_account.invoices.texts import invoice_text
from altyn.inbound.personal_account.pages import INVOICES_PATH
from altyn.inbound.personal_account.shops import ShopChoice
from altyn.inbound.web.order_story.words import STATUS_WORDS, WARN
from altyn.inbound.web.paging import BEFORE, list_address, page_links, read_place
from altyn.operations.invoices import InvoiceFilter, InvoiceLine, Invoices

NUMBER: Final = "number"
PAYER: Final = "payer"
STATE: Final = "state"
EXPIRED: Final = "expired"
LIST_ID: Final = "newest"


@dataclass(frozen=True, slots=True)
class InvoiceList:
    """Reads a page of the list, as the template shows it."""

    invoices: Invoices

    async def values(
        self, asked: AccountRequest, choice: ShopChoice, language: str, now: datetime
    ) -> dict[str, object]:
        """The values of the template. A form that was sent shows the newest invoices."""
        typed = _typed(asked)
        state = typed.get(STATE, "")
        wanted = InvoiceFilter(
            merchant_ids=choice.merchant_ids,
            now=now,
            order_number=typed.get(NUMBER, ""),
            payer=typed.get(PAYER, ""),
            status=OrderStatus.CREATED if state == EXPIRED else _status(state),
            expired=_EXPIRED.get(state),
        )
        before = read_place(asked.request.query_params.get(BEFORE, ""))
        found = await self.invoices.page(wanted, before=before)
        kept = {**choice.parameters, **typed}
        names = {each.merchant_id: each.name_in(language) for each in choice.shops}
        return {
            "typed": typed,
            "states": _states(language),
            "names": names if choice.has_several else {},
            "lines": [_line(each, language, now) for each in found.lines],
            "pages": page_links(INVOICES_PATH, kept, found, before, fragment=LIST_ID),
            "list_id": LIST_ID,
            "cleared": list_address(INVOICES_PATH, urlencode(choice.parameters), LIST_ID),
        }


_EXPIRED: Final = {EXPIRED: True, str(OrderStatus.CREATED): False}
"""Whether the time to pay of the invoices of a state is over; of the others it may be either."""


def _typed(asked: AccountRequest) -> dict[str, str]:
    """The fields of the filter that have a value which can be used."""
    sent = asked.request.query_params
    texts = {name: sent.get(name, "").replace("\0", "").strip() for name in (NUMBER, PAYER, STATE)}
    if texts[STATE] != EXPIRED and _status(texts[STATE]) is None:
        del texts[STATE]
    return {name: text for name, text in texts.items() if text}


def _status(state: str) -> OrderStatus | None:
    return OrderStatus(state) if state in set(OrderStatus) else None


def _states(language: str) -> dict[str, str]:
    """The states in words, by their names; an invoice whose time is over has one of its own."""
    words = {str(each): row[0].text(language) for each, row in STATUS_WORDS.items()}
    return {**words, EXPIRED: invoice_text("expired", language=language)}


def _line(line: InvoiceLine, language: str, now: datetime) -> dict[str, Any]:
    words, tone = STATUS_WORDS[line.status]
    expired = line.is_expired(now)
    return {
        "invoice": line.invoice,
        "number": line.order_number,
        "amount": Money(line.amount_minor, CURRENCIES[line.currency]),
        "state": invoice_text("expired", language=language) if expired else words.text(language),
        "tone": WARN if expired else tone,
        "until": line.expires_at,
    }
