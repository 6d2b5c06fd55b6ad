"""Callbacks as people look at them: a line of a list, every try of one, the tries as they happen.

It exists apart from sending, so that a terminal and the sandbox's API show the same, and neither
knows how it is stored. Pure values.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from altyn.domain.callback import CallbackId, Outcome, Reply
from altyn.domain.order_id import merchant_of

_ID: Final = re.compile(r"([0-9a-fA-F-]{36})\.([0-9]{1,10})\.([0-9]{1,5})")
_VERSION_MAX: Final = 2**31 - 1
_LINE_MAX: Final = 2**15 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackLine:
    """A callback as one line of a list. Times: UTC by the gateway's clock.

    `tries` counts those begun, and `failures` those of this round, which a resend begins anew.
    `on_its_way`: somebody is sending it at this moment. `answer_status` and `problem` are of the
    last try that was recorded.
    """

    id: CallbackId
    merchant: str
    operation: str
    receiver: str
    parameters: Mapping[str, str]
    created_at: datetime
    state: Outcome
    due_at: datetime
    tries: int
    failures: int
    settled_at: datetime | None
    on_its_way: bool
    answer_status: int | None
    problem: str | None

    @property
    def order_number(self) -> str | None:
        """The shop's number; None when it is about a stored card."""
        return self.parameters.get("orderNumber")

    @property
    def status(self) -> str | None:
        """The wire's 1 or 0; None when it is about a stored card."""
        return self.parameters.get("status")


@dataclass(frozen=True, slots=True, kw_only=True)
class TryShown:
    """One try: what went out, what was signed, what came back. `at`: UTC by the gateway's clock.

    The merchant's own headers are kept with their values hidden. `status` is None when nobody
    answered, and `problem` says why then.
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
    answer_headers: tuple[tuple[str, str], ...]
    answer: str
    problem: str | None


@dataclass(frozen=True, slots=True)
class CallbackShown:
    """A callback and all that is known of its tries."""

    line: CallbackLine
    tries: tuple[TryShown, ...]

    def attempts(self) -> Iterator[tuple[int, TryShown | None]]:
        """Every try begun, by its number; None where nothing was recorded of it."""
        recorded = {each.attempt: each for each in self.tries}
        last = max(self.line.tries, *recorded, 0)
        return ((number, recorded.get(number)) for number in range(1, last + 1))

    def unrecorded(self, attempt: int) -> str:
        """In words, what is known of a try of which nothing was recorded."""
        line = self.line
        if attempt == line.tries and line.on_its_way:
            return "on its way at this moment"
        told = "nothing recorded: whoever sent it was stopped before the answer"
        if attempt < line.tries:
            return f"{told}; it was sent again"
        return f"{told}; it is sent again" if line.state is Outcome.WAITING else told


@dataclass(frozen=True, slots=True, kw_only=True)
class TrySeen:
    """A try as one line for whoever watches. `at`, `due_at`: UTC by the gateway's clock.

    `address` is what was called, without its query. `state`, `tries` and `due_at` are the
    callback's as it is now.
    """

    id: CallbackId
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
    state: Outcome
    tries: int
    due_at: datetime

    @property
    def delivered(self) -> bool:
        """Whether this try brought it there."""
        return Reply(status=self.status, problem=self.problem).delivered


def parse_callback_id(text: str) -> CallbackId | None:
    """Read what `str(CallbackId)` writes, `<subject>.<version>.<line>`; None for anything else.

    The merchant comes out of the subject's uuid, which the gateway has made.
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
    return CallbackId(merchant_id, subject, version, line)
