"""The history of callbacks, as a terminal and the sandbox's API show it.

A callback in a list, a callback with all its deliveries, and a single delivery. Pure values.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from altyn.domain.callback import CallbackResponse
from altyn.domain.order_id import merchant_of
from altyn.domain.outbox import EntryId, EntryState

_ID: Final = re.compile(r"([0-9a-fA-F-]{36})\.([0-9]{1,10})\.([0-9]{1,5})")
_VERSION_MAX: Final = 2**31 - 1
_LINE_MAX: Final = 2**15 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackSummary:
    """A callback in a list. Times: UTC by the gateway's clock.

    `attempts` counts the deliveries that were begun. `failures` counts the failed ones since the
    callback was created or resent. `is_sending`: a worker is sending it at this moment.
    `response_status` and `problem` belong to the last recorded delivery.
    """

    id: EntryId
    merchant: str
    operation: str
    receiver: str
    parameters: Mapping[str, str]
    created_at: datetime
    state: EntryState
    due_at: datetime
    attempts: int
    failures: int
    settled_at: datetime | None
    is_sending: bool
    response_status: int | None
    problem: str | None

    @property
    def order_number(self) -> str | None:
        """The shop's order number; None for a callback about a stored card."""
        return self.parameters.get("orderNumber")

    @property
    def status(self) -> str | None:
        """1 or 0 as on the wire; None for a callback about a stored card."""
        return self.parameters.get("status")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryDetail:
    """One delivery: the request, what was signed, and the response.

    `at`: UTC by the gateway's clock. The values of the merchant's own headers are hidden. `status`
    is None without a response, and `problem` says why.
    """

    attempt: int
    at: datetime
    took_ms: int
    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: str | None
    signed: str | None
    checksum: str | None
    status: int | None
    response_headers: tuple[tuple[str, str], ...]
    response: str
    problem: str | None


@dataclass(frozen=True, slots=True)
class CallbackDetail:
    """A callback and the recorded deliveries of it."""

    summary: CallbackSummary
    deliveries: tuple[DeliveryDetail, ...]

    def attempts(self) -> Iterator[tuple[int, DeliveryDetail | None]]:
        """Every delivery that was begun, by its number; None without a record."""
        recorded = {each.attempt: each for each in self.deliveries}
        last = max(self.summary.attempts, *recorded, 0)
        return ((number, recorded.get(number)) for number in range(1, last + 1))

    def unrecorded(self, attempt: int) -> str:
        """The result of a delivery without a record, in words."""
        summary = self.summary
        if attempt == summary.attempts and summary.is_sending:
            return "on its way at this moment"
        text = "nothing recorded: the process was stopped before the answer"
        if attempt < summary.attempts:
            return f"{text}; it was sent again"
        return f"{text}; it is sent again" if summary.state is EntryState.WAITING else text


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySummary:
    """A delivery in a list. `at`, `due_at`: UTC by the gateway's clock.

    `address` is the address that was called, without its query. `state`, `attempts` and `due_at`
    are the callback's as it is now.
    """

    id: EntryId
    merchant: str
    operation: str
    order_number: str | None
    attempt: int
    at: datetime
    took_ms: int
    method: str
    address: str
    status: int | None
    problem: str | None
    state: EntryState
    attempts: int
    due_at: datetime

    @property
    def delivered(self) -> bool:
        """Whether this delivery succeeded."""
        return CallbackResponse(status=self.status, problem=self.problem).delivered


def parse_callback_id(text: str) -> EntryId | None:
    """Read what `str(EntryId)` writes, `<subject>.<version>.<line>`; None for anything else.

    The merchant's number is part of the subject's uuid, which the gateway has made.
    """
    found = _ID.fullmatch(text.strip())
    if found is None:
        return None
    try:
        subject = UUID(found[1])
    except ValueError:
        return None
    merchant_id, version, line = merchant_of(subject), int(found[2]), int(found[3])
    if merchant_id is None or version > _VERSION_MAX or line > _LINE_MAX:
        return None
    return EntryId(merchant_id, subject, version, line)
