"""The clock on the console's first page: moving it, and what it carries out next."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from starlette.requests import Request

from altyn.inbound.console.pages import START, console_frame, render
from altyn.inbound.sandbox.answers import read_query
from altyn.inbound.sandbox.due.endpoint import LIST_SIZE, ReadDue
from altyn.inbound.sandbox.due.words import due_text
from altyn.operations.due_list import DueItem

DUE_PATH: Final = "/console/due"
SHOWN_AT_ONCE: Final = 5
STEPS: Final = MappingProxyType(
    {
        "20m": timedelta(minutes=20),
        "1h": timedelta(hours=1),
        "1d": timedelta(days=1),
        "7d": timedelta(days=7),
        "30d": timedelta(days=30),
    }
)

MoveClock = Callable[[datetime], Awaitable[datetime]]


@dataclass(frozen=True, slots=True)
class ClockPanel:
    """The time of the clock (UTC), and the list of what is due. Both are shown by `clock.html`."""

    now: Callable[[], datetime]
    read_due: ReadDue

    async def values(self, request: Request, language: str) -> dict[str, Any]:
        """The values of the panel. `due=all` in the address asks for the whole list."""
        found = await self.read_due(LIST_SIZE)
        whole = read_query(request).get("due") == "all"
        now = self.now()
        shown = found if whole else found[:SHOWN_AT_ONCE]
        return {
            "now": now,
            "steps": tuple(STEPS),
            "due": due_lines(shown, now, language),
            "due_more": len(found) - len(shown),
            "due_whole": whole,
            "due_path": DUE_PATH,
        }

    async def part(self, request: Request) -> str:
        """The part of the page that is loaded again and again."""
        frame = console_frame(request, START)
        return render("clock.html", frame, **await self.values(request, frame.language))


def wanted_time(form: Mapping[str, str], now: datetime) -> datetime | None:
    """The time to which a form moves the clock (UTC): by a step, or to what is due; None: neither.

    The time of something that was due meanwhile is now: its action is being carried out.
    """
    step = STEPS.get(form.get("step", ""))
    if step is not None:
        return now + step
    try:
        wanted = datetime.fromisoformat(form.get("to", ""))
    except ValueError:
        return None
    return max(wanted.astimezone(UTC), now) if wanted.tzinfo else None


def due_lines(items: Sequence[DueItem], now: datetime, language: str) -> Sequence[dict[str, Any]]:
    """What is due, as lines of the page. `to` is empty for what is due already.

    `key` names a line in the page, so that an update of the list leaves the focus at its line.
    """
    return [
        {
            "key": f"{each.order.order_id}-{each.action}-{each.operation}-{each.at:%Y%m%d%H%M%S}",
            "at": each.at,
            "to": each.at.isoformat() if each.at > now else "",
            "text": due_text(each, language),
            "shop": each.shop,
            "order_id": each.order.order_id if each.has_order else "",
            "number": each.order_number,
            "problem": each.problem or "",
        }
        for each in items
    ]
