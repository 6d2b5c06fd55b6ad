"""The columns of the list of orders: on the page, and in the file that is downloaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from altyn.domain.money import Currency, Money, canonical_currency
from altyn.domain.moscow import to_moscow
from altyn.inbound.web.order_story.view import Toned, money_text, toned
from altyn.inbound.web.order_story.words import STATUS_WORDS
from altyn.look.words import clock_text, day_text
from altyn.operations.order_history import OrderLine
from altyn.reports.cells import safe_text

NUMBER: Final = "number"
COLUMNS: Final = (
    *("created", NUMBER, "id", "description", "shop", "status", "code"),
    *("amount", "approved", "deposited", "refunded"),
)
"""All columns, in the order in which they are shown."""

AMOUNTS: Final = frozenset({"amount", "approved", "deposited", "refunded"})
FIRST_COLUMNS: Final = ("created", NUMBER, "id", "status", "amount")
"""The columns of a user who has chosen none."""

_MINOR: Final[Mapping[str, Callable[[OrderLine], int]]] = MappingProxyType(
    {
        "amount": lambda line: line.amount_minor,
        "approved": lambda line: line.approved_minor,
        "deposited": lambda line: line.deposited_minor,
        "refunded": lambda line: line.refunded_minor,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One order of the list, ready to be shown; `cells` are its texts by column."""

    order_id: str
    number: str
    state: Toned
    cells: Mapping[str, str]


def chosen_columns(names: Iterable[str], kept: Iterable[str]) -> tuple[str, ...]:
    """The columns that an address names, or those that the user keeps; the number is always one."""
    wanted = {*names} & {*COLUMNS} or {*kept} & {*COLUMNS} or {*FIRST_COLUMNS}
    return tuple(each for each in COLUMNS if each in wanted or each == NUMBER)


def file_columns(columns: Iterable[str], *, of_several_shops: bool) -> tuple[str, ...]:
    """The columns of a file; one with orders of several shops always names the shop."""
    wanted = {*columns} | ({"shop"} if of_several_shops else set())
    return tuple(each for each in COLUMNS if each in wanted)


def row_of(line: OrderLine, language: str) -> Row:
    """An order of the list."""
    return Row(
        order_id=str(line.key.order_id),
        number=line.order_number,
        state=toned(STATUS_WORDS[line.status], language),
        cells={
            "created": _short_moment(line.created_at, language),
            "code": str(line.action_code),
            "description": line.description or "",
            "shop": line.merchant,
            **{
                name: money_text(minor(line), line.currency, language)
                for name, minor in _MINOR.items()
            },
        },
    )


def file_cells(line: OrderLine, columns: Iterable[str], language: str) -> list[str]:
    """The texts of an order in a file: amounts as plain numbers, times as a spreadsheet reads them.

    Times are Moscow time; the mark of decimals is that of the language. No text is a formula. The
    last cell is the currency.
    """
    texts = {
        "created": f"{to_moscow(line.created_at):%Y-%m-%d %H:%M:%S}",
        NUMBER: safe_text(line.order_number),
        "id": str(line.key.order_id),
        "status": STATUS_WORDS[line.status][0].text(language),
        "code": str(line.action_code),
        "description": safe_text(line.description or ""),
        "shop": safe_text(line.merchant),
    }
    known = canonical_currency(line.currency)
    return [
        *(
            _number(_MINOR[name](line), known, language) if name in AMOUNTS else texts[name]
            for name in columns
        ),
        known.alpha if known else line.currency,
    ]


def _number(amount_minor: int, known: Currency | None, language: str) -> str:
    text = Money(amount_minor, known).text() if known else str(amount_minor)
    return text.replace(".", ",") if language == "ru" else text


def _short_moment(moment: datetime, language: str) -> str:
    """A moment of a list, in Moscow time: "27 ноября 2026, 18:42"."""
    return f"{day_text(to_moscow(moment).date(), language)}, {clock_text(moment)}"
