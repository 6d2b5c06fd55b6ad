"""Which mails are asked for: by address, by order, how many."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from altyn.domain.mail_address import MailAddressError, parse_mail_address
from altyn.domain.order_id import read_order_id

LIST_SIZE: Final = 50
LIST_SIZE_MAX: Final = 1000
PARAMETERS: Final = ("to", "order", "limit")


class MailQueryError(Exception):
    """The question cannot be answered; the text says what to write instead."""


@dataclass(frozen=True, slots=True)
class MailQuery:
    """Mails to an address, of an order by its id or its number; at most so many."""

    to: str | None = None
    order_id: UUID | None = None
    order_number: str | None = None
    limit: int = LIST_SIZE


def read_mail_query(sent: Mapping[str, str]) -> MailQuery:
    """The question of a request or a command; an empty value counts as absent.

    Raises MailQueryError: an unknown parameter, no address, a limit that is out of bounds.
    """
    unknown = [name for name in sent if name not in PARAMETERS]
    if unknown:
        known = ", ".join(PARAMETERS)
        raise MailQueryError(f"{', '.join(unknown)}: no such parameter; there are {known}")
    order = sent.get("order") or None
    order_id = read_order_id(order)
    return MailQuery(
        to=_address(sent.get("to")),
        order_id=order_id,
        order_number=None if order_id else order,
        limit=_limit(sent.get("limit")),
    )


def _address(text: str | None) -> str | None:
    if not text:
        return None
    try:
        return str(parse_mail_address(text))
    except MailAddressError as error:
        raise MailQueryError(f"to: {text!r} is no e-mail address: {error}") from None


def _limit(text: str | None) -> int:
    if not text:
        return LIST_SIZE
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= LIST_SIZE_MAX):
        raise MailQueryError(f"limit: a whole number from 1 to {LIST_SIZE_MAX}")
    return int(text)
