"""The output of `altyn callbacks`: a list, one callback with its deliveries, a line per delivery.

It is separate from the commands, so that it can be tested without a database.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from rich.text import Text

from altyn.cli.columns import Cell, Row, headers, print_records
from altyn.cli.dates import in_moscow, in_words
from altyn.cli.durations import describe
from altyn.cli.escaping import safe_for_terminal, visible
from altyn.cli.output import console, print_json_line, print_line
from altyn.domain.callback_history import (
    CallbackDetail,
    CallbackSummary,
    DeliveryDetail,
    DeliverySummary,
)
from altyn.domain.outbox import EntryState

_COLOURS: Final = {
    EntryState.WAITING: "yellow",
    EntryState.DELIVERED: "green",
    EntryState.DEAD: "red",
}
SENDING: Final = "being sent"
STORED_CARD: Final = "a stored card"
BRIEF: Final = 40  # characters of a problem in a list; `show` prints all of it
ANSWER_LINES: Final = 20


def print_callbacks(callbacks: Sequence[CallbackSummary]) -> None:
    """Print three lines per callback; the id begins the second, so that it is easy to select."""
    names = [
        headers("Happened (Moscow)", "Operation", "Status", "State", "Attempts", "Shop"),
        headers("Id", "Order number"),
        headers("Last answer", "Address"),
    ]
    print_records(names, [_callback_rows(callback) for callback in callbacks])


def _callback_rows(callback: CallbackSummary) -> Sequence[Row]:
    first = (
        Cell(in_moscow(callback.created_at)),
        Cell(callback.operation),
        Cell(callback.status or ""),
        Cell(_state(callback), _COLOURS[callback.state]),
        Cell(str(callback.attempts), right=True),
        Cell(callback.merchant),
    )
    second = (Cell(str(callback.id)), Cell(callback.order_number or STORED_CARD))
    return first, second, (Cell(_last_response(callback)), Cell(callback.receiver))


def _state(callback: CallbackSummary) -> str:
    return SENDING if callback.is_sending else callback.state


def _last_response(callback: CallbackSummary) -> str:
    if callback.problem is not None:
        return brief(callback.problem)
    return "none yet" if callback.response_status is None else str(callback.response_status)


def brief(text: str) -> str:
    """The text on one line, cut to BRIEF characters."""
    whole = " ".join(text.split())
    return whole if len(whole) <= BRIEF else f"{whole[: BRIEF - 1]}…"


# ── One callback ──────────────────────────────────────────────────────────────────────────────────


def print_callback(callback: CallbackDetail, now: datetime) -> None:
    """Print one callback: its parameters, its state, and all its deliveries."""
    summary = callback.summary
    number = summary.order_number
    subject = f"order {number}" if number else STORED_CARD
    title = Text(summary.operation, "bold").append(
        safe_for_terminal(f" · {visible(subject)} of {summary.merchant} · "), "not bold"
    )
    title.append(_state(summary), f"not bold {_COLOURS[summary.state]}")
    console().print(title, soft_wrap=True)
    _print(list(_facts(summary, now)))
    print_line("\nParameters", "dim")
    width = max(map(len, summary.parameters), default=0)
    _print([f"{name:<{width}}  {visible(value)}" for name, value in summary.parameters.items()])
    for attempt, delivery in callback.attempts():
        text = (
            f": {callback.unrecorded(attempt)}" if delivery is None else f" · {_heading(delivery)}"
        )
        heading = Text(f"\nAttempt {attempt}", "dim").append(safe_for_terminal(text), "not dim")
        console().print(heading, soft_wrap=True)
        if delivery is not None:
            _print(list(delivery_lines(delivery)))


def _print(lines: Sequence[str]) -> None:
    for line in lines:
        print_line(f"  {visible(line)}")


def _facts(callback: CallbackSummary, now: datetime) -> Iterator[str]:
    yield f"id        {callback.id}"
    yield f"to        {callback.receiver}"
    yield f"happened  {in_words(callback.created_at)}"
    yield f"now       {state_in_words(callback, now)}"


def state_in_words(callback: CallbackSummary, now: datetime) -> str:
    """The state of a callback, and what happens or can be done next. `now`: UTC, the gateway's
    clock."""
    begun = callback.attempts
    attempts = f"{begun} {'attempt' if begun == 1 else 'attempts'}"
    command = f"altyn callbacks resend {callback.id}"
    settled = in_words(callback.settled_at) if callback.settled_at else ""
    if callback.is_sending:
        return f"attempt {begun} is in progress"
    if callback.state is EntryState.DELIVERED:
        return f"delivered on {settled}, after {attempts}. To send it again: {command}"
    if callback.state is EntryState.DEAD:
        return f"dead since {settled}, after {attempts}. To send it again: {command}"
    if callback.due_at > now:
        left = describe(max(callback.due_at - now, timedelta(seconds=1)))
        return f"attempt {begun + 1} is due on {in_words(callback.due_at)} (in {left})"
    return f"attempt {begun + 1} is due: a running gateway sends it soon"


def _heading(delivery: DeliveryDetail) -> str:
    status = delivery.status
    result = "no response" if status is None else f"answered {status}"
    return f"{in_moscow(delivery.at)} (Moscow) · {duration(delivery.took_ms)} · {result}"


def duration(milliseconds: int) -> str:
    """A duration as text: "12 ms", "10.0 s"."""
    return f"{milliseconds} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"  # noqa: PLR2004 - one second


def delivery_lines(delivery: DeliveryDetail) -> Iterator[str]:
    """One delivery: the request, what was signed, and the response."""
    yield f"→ {delivery.method} {delivery.url}"
    yield from (f"→ {name}: {value}" for name, value in delivery.headers)
    if delivery.body is not None:
        yield "→"
        yield from (f"→ {row}" for row in delivery.body.splitlines())
    if delivery.signed is None:
        yield "not signed: the shop's callbacks carry no checksum"
    else:
        yield f"signed    {delivery.signed}"
        yield f"checksum  {delivery.checksum}"
    if delivery.status is not None:
        yield f"← {delivery.status} {_phrase(delivery.status)}".rstrip()
        yield from (f"← {name}: {value}" for name, value in delivery.response_headers)
    if delivery.response:
        yield "←"
        rows = delivery.response.splitlines()
        yield from (f"← {row}" for row in rows[:ANSWER_LINES])
        if len(rows) > ANSWER_LINES:
            yield f"← … {len(rows) - ANSWER_LINES} more lines"
    if delivery.problem is not None:
        yield f"problem   {delivery.problem}"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


# ── Deliveries as they happen ─────────────────────────────────────────────────────────────────────


def print_delivery(delivery: DeliverySummary, *, as_json: bool = False) -> None:
    """Print one delivery on a line."""
    if as_json:
        print_json_line(delivery_members(delivery))
    else:
        print_line(visible(delivery_line(delivery)), delivery_colour(delivery))


def delivery_members(delivery: DeliverySummary) -> dict[str, object]:
    """A delivery with the names of the sandbox's HTTP API. Dates: ISO 8601, UTC."""
    return {
        "id": str(delivery.id),
        "shop": delivery.merchant,
        "operation": delivery.operation,
        "orderNumber": delivery.order_number,
        "try": delivery.attempt,
        "at": delivery.at.isoformat(timespec="milliseconds"),
        "tookMs": delivery.took_ms,
        "request": {"method": delivery.method, "url": delivery.address},
        "answer": {"status": delivery.status, "problem": delivery.problem},
        "delivered": delivery.delivered,
        "state": delivery.state,
        "dueAt": delivery.due_at.isoformat(timespec="milliseconds"),
    }


def delivery_line(delivery: DeliverySummary) -> str:
    """One delivery as a line: time, shop, order, operation, result, and what happens next."""
    subject = delivery.order_number or STORED_CARD
    return (
        f"{in_moscow(delivery.at)}  {delivery.merchant}  {subject}  {delivery.operation}  "
        f"attempt {delivery.attempt}: {_result(delivery)}  {delivery.method} {delivery.address}  "
        f"{delivery.id}"
    )


def delivery_colour(delivery: DeliverySummary) -> str:
    """The colour of the line: green after a success, else the colour of the callback's state."""
    return "green" if delivery.delivered else _COLOURS[_state_after(delivery)]


def _result(delivery: DeliverySummary) -> str:
    response = str(delivery.status) if delivery.problem is None else brief(delivery.problem)
    result = f"{response} in {duration(delivery.took_ms)}"
    if delivery.delivered:
        return f"{result}, delivered"
    if _state_after(delivery) is EntryState.DEAD:
        return f"{result}, dead: not sent again"
    if delivery.attempt < delivery.attempts or delivery.state is not EntryState.WAITING:
        return f"{result}, sent again"
    return f"{result}, next attempt at {in_moscow(delivery.due_at)}"


def _state_after(delivery: DeliverySummary) -> EntryState:
    """The state of the callback after this failed delivery, as far as it is known now."""
    dead = delivery.state is EntryState.DEAD and delivery.attempt == delivery.attempts
    return EntryState.DEAD if dead else EntryState.WAITING
