"""Reads the filters of the list of orders from an address, and writes them into one.

Amounts are typed in whole units of each order's currency, dates in Moscow time.
Source: personal-account.md §3.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from altyn.domain.lifecycle import OrderStatus
from altyn.domain.merchant import Merchant
from altyn.domain.money import canonical_currency
from altyn.domain.moscow import from_moscow, start_of_day, to_moscow
from altyn.domain.order_id import read_order_id
from altyn.domain.receipt.values import ReceiptState
from altyn.inbound.personal_account.orders.issuer_filter import read_issuer
from altyn.inbound.web.amounts import typed_number
from altyn.operations.order_list import OrderDate, OrderFilter
from altyn.protocol.payment_ways import PaymentWay

STATUS: Final = "status"
TEXT_CHARS_MAX: Final = 100
EVER: Final = "ever"
PERIODS: Final[Mapping[str, int]] = {"today": 1, "2": 2, "7": 7, "30": 30, EVER: 0}
"""Days of a period, today included, by its name in the address."""

PERIOD: Final = "2"
"""The period of a list that names none: personal-account.md §3."""

FIELDS: Final = (
    *("number", "id", "from", "to", "currency", "kind", "period", "since", "until"),
    *("code", "card", "bank", "holder", "approval", "email", "way", "receipt", "shop"),
)
"""The filters with one value each, by their names in the address; `status` has several."""

_AMOUNT_END: Final = 10**12
_DECIMALS_MAX: Final = 4
"""The most digits of a minor unit (ISO 4217)."""

_CODE: Final = re.compile(r"-?[0-9]{1,9}")
_CARD_END: Final = re.compile(r"[0-9]{4}")
_APPROVAL_CODE: Final = re.compile(r"[0-9A-Za-z]{1,6}")
_LAYOUTS: Final = {16: "%Y-%m-%dT%H:%M", 19: "%Y-%m-%dT%H:%M:%S"}
_YEARS: Final = range(2000, 2100)

Pairs = Iterable[tuple[str, str]]
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFilter:
    """What an address asks for. `texts` are the filters as they were typed, without empty ones.

    `faults` are the filters that cannot be read; then `wanted` leaves them out.
    """

    wanted: OrderFilter
    texts: Mapping[str, str] = field(default_factory=dict)
    faults: frozenset[str] = frozenset()

    @property
    def statuses(self) -> tuple[OrderStatus, ...]:
        """The statuses that are wanted; none: all of them."""
        return self.wanted.statuses

    @property
    def period(self) -> str:
        """The name of the period; empty where its dates are typed."""
        if "since" in self.texts or "until" in self.texts:
            return ""
        return self.texts.get("period", PERIOD)

    def query(self, **changes: str) -> str:
        """The filters as the query of an address, some of them changed or, by "", left out."""
        texts = {**self.texts, **changes}
        pairs = [(name, texts[name]) for name in FIELDS if texts.get(name)]
        return urlencode([*pairs, *((STATUS, str(each)) for each in self.statuses)])


def read_filter(pairs: Pairs, shops: Sequence[Merchant], now: datetime) -> AskedFilter:
    """The filters of an address. `shops` are those that the user may see; `now` is UTC."""
    sent = [(name, value.replace("\0", "").strip()) for name, value in pairs]
    texts = {name: value for name, value in sent if name in FIELDS and value}
    reader = _Reader(texts)
    names = {value for name, value in sent if name == STATUS}
    since, until = _period(reader, now)
    return AskedFilter(
        texts=texts,
        wanted=OrderFilter(
            merchant_ids=reader.read("shop", _shops(shops)) or _ids(shops),
            since=since,
            until=until,
            date=reader.read("kind", OrderDate) or OrderDate.CREATED,
            statuses=tuple(each for each in OrderStatus if each in names),
            order_number=reader.read("number", _short) or "",
            order_id=reader.read("id", _order_id),
            amount_from=reader.read("from", _amount),
            amount_to=_amount_to(reader),
            currency=reader.read("currency", _currency) or "",
            action_code=reader.read("code", _action_code),
            receipt_state=reader.read("receipt", ReceiptState),
            card_end=reader.read("card", _card_end) or "",
            issuer=reader.read("bank", read_issuer),
            cardholder=reader.read("holder", _short) or "",
            approval_code=reader.read("approval", _approval_code) or "",
            email=reader.read("email", _short) or "",
            payment_way=reader.read("way", PaymentWay) or "",
        ),
        faults=frozenset(reader.faults),
    )


@dataclass(slots=True)
class _Reader:
    """Reads texts, and collects the names of those that cannot be read."""

    texts: Mapping[str, str]
    faults: set[str] = field(default_factory=set)

    def read(self, name: str, parse: Callable[[str], Value]) -> Value | None:
        """The value of a text; None where it is empty or cannot be read (ValueError)."""
        text = self.texts.get(name)
        if text is None:
            return None
        try:
            return parse(text)
        except ValueError:
            self.faults.add(name)
            return None


def _amount_to(reader: _Reader) -> Decimal | None:
    """The upper end of the amounts; one below the lower end is a fault."""
    lowest, highest = reader.read("from", _amount), reader.read("to", _amount)
    if highest is not None and lowest is not None and highest < lowest:
        reader.faults.add("to")
    return highest


def _period(reader: _Reader, now: datetime) -> tuple[datetime | None, datetime | None]:
    """The typed dates; without any, the period by its name."""
    since, until = reader.read("since", _moment), reader.read("until", _moment)
    if since is not None and until is not None and until <= since:
        reader.faults.add("until")
    if "since" in reader.texts or "until" in reader.texts:
        return since, until
    days = reader.read("period", _days)
    if days is None:
        days = PERIODS[PERIOD]
    today = to_moscow(now).date()
    return (start_of_day(today - timedelta(days=days - 1)) if days else None), None


def _days(text: str) -> int:
    if text not in PERIODS:
        raise ValueError(text)
    return PERIODS[text]


def _moment(text: str) -> datetime:
    """A moment as `<input type=datetime-local>` sends it, in Moscow time."""
    layout = _LAYOUTS.get(len(text))
    if layout is None or not text[:4].isdigit() or int(text[:4]) not in _YEARS:
        raise ValueError(text)
    return from_moscow(text, layout)


def _amount(text: str) -> Decimal:
    """An amount as people type it ("10 000,50"), in whole units of an order's currency."""
    number = typed_number(text, _DECIMALS_MAX)
    if number is None or number >= _AMOUNT_END:
        raise ValueError(text)
    return number


def _currency(text: str) -> str:
    """A currency by its numeric code, as orders have it."""
    currency = canonical_currency(text)
    if currency is None:
        raise ValueError(text)
    return currency.code


def _action_code(text: str) -> int:
    if not _CODE.fullmatch(text):
        raise ValueError(text)
    return int(text)


def _card_end(text: str) -> str:
    if not _CARD_END.fullmatch(text) or not text.isascii():
        raise ValueError(text)
    return text


def _approval_code(text: str) -> str:
    if not _APPROVAL_CODE.fullmatch(text):
        raise ValueError(text)
    return text


def _short(text: str) -> str:
    if len(text) > TEXT_CHARS_MAX:
        raise ValueError(text)
    return text


def _order_id(text: str) -> UUID:
    order_id = read_order_id(text)
    if order_id is None:
        raise ValueError(text)
    return order_id


def _shops(shops: Sequence[Merchant]) -> Callable[[str], tuple[int, ...]]:
    """Finds a shop by its login among those that the user may see."""

    def find(login: str) -> tuple[int, ...]:
        found = _ids([each for each in shops if each.login == login])
        if not found:
            raise ValueError(login)
        return found

    return find


def _ids(shops: Sequence[Merchant]) -> tuple[int, ...]:
    return tuple(each.merchant_id for each in shops)
