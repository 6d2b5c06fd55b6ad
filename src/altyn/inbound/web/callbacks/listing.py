"""A page of the list of callbacks: what its address asks for, and what its template shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Protocol
from urllib.parse import urlencode

from altyn.domain.callback_history import CallbackSummary
from altyn.domain.outbox import EntryState
from altyn.inbound.web.callbacks.view import callback_line, callback_states
from altyn.inbound.web.paging import BEFORE, list_address, page_links, read_place
from altyn.operations.paging import ListPage, Place

STATE: Final = "state"
NUMBER: Final = "number"
NOTHING_KEPT: Final = MappingProxyType[str, str]({})


class CallbackPages(Protocol):
    """Reads pages of callbacks, newest first."""

    async def page(
        self,
        merchant_ids: Sequence[int] | None,
        *,
        state: EntryState | None = None,
        order_number: str = "",
        before: Place | None = None,
    ) -> ListPage[CallbackSummary]:
        """A page of the callbacks of some merchants; None: of all."""
        ...


async def callback_list(
    callbacks: CallbackPages,
    merchant_ids: Sequence[int] | None,
    sent: Mapping[str, str],
    language: str,
    *,
    path: str,
    live_path: str,
    kept: Mapping[str, str] = NOTHING_KEPT,
    shops: Mapping[str, str] = NOTHING_KEPT,
) -> dict[str, Any]:
    """The values of the template. `sent` are the parameters of the address.

    `state` is one of waiting, delivered, dead; `number` is an order number. The first page updates
    itself from `live_path`. `kept` are the further parameters of the page; `shops` are the names of
    the shops by their logins, to be shown where there are several.
    """
    state = _asked_state(sent.get(STATE, ""))
    number = sent.get(NUMBER, "").replace("\0", "").strip()
    before = read_place(sent.get(BEFORE, ""))
    found = await callbacks.page(merchant_ids, state=state, order_number=number, before=before)
    named = [(callback_line(each, language), shops.get(each.merchant)) for each in found.lines]
    typed = {name: text for name, text in ((STATE, state), (NUMBER, number)) if text}
    query = urlencode({**kept, **typed})
    return {
        "callbacks": [{**line, "shop": name} if name else line for line, name in named],
        "state_asked": state or "",
        "states": callback_states(language),
        "number": number,
        "is_filtered": bool(typed),
        "pages": page_links(path, query, found, before),
        "newest": list_address(live_path, query),
        "cleared": list_address(path, urlencode(kept)),
        "path": path,
    }


def _asked_state(name: str) -> EntryState | None:
    """The state with this name; None for any other text."""
    return next((each for each in EntryState if each == name), None)
