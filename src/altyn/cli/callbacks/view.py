"""How callbacks look at a terminal: lines of a list, one with every try, the tries as they happen.

It exists apart from the commands so that what a person sees can be tested without a database.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from altyn.cli.dates import in_moscow, in_words
from altyn.cli.durations import describe
from altyn.cli.output import console
from altyn.domain.callback import Outcome
from altyn.domain.callback_story import CallbackLine, CallbackShown, TrySeen, TryShown

_COLOURS: Final = {Outcome.WAITING: "yellow", Outcome.DELIVERED: "green", Outcome.DEAD: "red"}
ON_ITS_WAY: Final = "on its way"
STORED_CARD: Final = "a stored card"
ADDRESS_SHOWN: Final = 60  # letters of it in a list
BRIEF: Final = 48  # letters of a problem in a list; all of it stands in `show`
ANSWER_LINES: Final = 20
WIDE: Final = 400


def print_callbacks(lines: Sequence[CallbackLine]) -> None:
    """Callbacks, a line each, as wide as they are: half an id can be neither read nor copied."""
    Console(highlight=False, width=WIDE).print(callbacks_table(lines), crop=False)


def callbacks_table(lines: Sequence[CallbackLine]) -> Table:
    """Callbacks, a line each; the id last, where a click takes it whole."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("Happened (Moscow)", "Shop", "Order number", "Operation"):
        table.add_column(name, no_wrap=True)
    table.add_column("Status", justify="right", no_wrap=True)
    table.add_column("State", no_wrap=True)
    table.add_column("Tries", justify="right", no_wrap=True)
    table.add_column("Last answer", no_wrap=True)
    table.add_column("Address", no_wrap=True, max_width=ADDRESS_SHOWN, overflow="ellipsis")
    table.add_column("Id", no_wrap=True)
    for line in lines:
        table.add_row(
            in_moscow(line.created_at),
            line.merchant,
            escape(line.order_number or STORED_CARD),
            line.operation,
            line.status or "",
            f"[{_COLOURS[line.state]}]{ON_ITS_WAY if line.on_its_way else line.state}[/]",
            str(line.tries),
            escape(_last_answer(line)),
            escape(line.receiver),
            str(line.id),
        )
    return table


def _last_answer(line: CallbackLine) -> str:
    if line.problem is not None:
        return brief(line.problem)
    return "none yet" if line.answer_status is None else str(line.answer_status)


def brief(text: str) -> str:
    """The beginning of a text that people wrote at length, without its line breaks."""
    whole = " ".join(text.split())
    return whole if len(whole) <= BRIEF else f"{whole[: BRIEF - 1]}…"


# ── One callback ──────────────────────────────────────────────────────────────────────────────────


def print_callback(shown: CallbackShown, now: datetime) -> None:
    """One callback from top to bottom: what is told, what became of it, every try both ways."""
    line = shown.line
    about = f"order {line.order_number}" if line.order_number else STORED_CARD
    console().print(
        f"[bold]{line.operation}[/] · {escape(about)} of {line.merchant} · "
        f"[{_COLOURS[line.state]}]{ON_ITS_WAY if line.on_its_way else line.state}[/]",
        soft_wrap=True,
    )
    _print(list(_facts(line, now)))
    console().print("\n[dim]What is told[/]")
    width = max(map(len, line.parameters), default=0)
    _print([f"{name:<{width}}  {value}" for name, value in line.parameters.items()])
    for attempt, known in shown.attempts():
        if known is None:
            console().print(f"\n[dim]Try {attempt}[/]: {shown.unrecorded(attempt)}", soft_wrap=True)
        else:
            console().print(f"\n[dim]Try {attempt}[/] · {escape(_heading(known))}", soft_wrap=True)
            _print(list(try_lines(known)))


def _print(lines: Sequence[str]) -> None:
    for line in lines:
        console().print(f"  {line}", markup=False, soft_wrap=True)


def _facts(line: CallbackLine, now: datetime) -> Iterator[str]:
    yield f"id        {line.id}"
    yield f"to        {line.receiver}"
    yield f"happened  {in_words(line.created_at)}"
    yield f"now       {standing(line, now)}"


def standing(line: CallbackLine, now: datetime) -> str:
    """What is true of a callback now, and what happens or can be done next. `now`: UTC, the
    gateway's clock."""
    tries = f"{line.tries} {'try' if line.tries == 1 else 'tries'}"
    again = f"altyn callbacks resend {line.id}"
    when = f" on {in_words(line.settled_at)}" if line.settled_at else ""
    if line.on_its_way:
        return f"try {line.tries} is on its way"
    if line.state is Outcome.DELIVERED:
        return f"delivered{when}, after {tries}. To tell it again: {again}"
    if line.state is Outcome.DEAD:
        return f"given up{when}, after {tries}. To try again: {again}"
    if line.due_at > now:
        left = describe(max(line.due_at - now, timedelta(seconds=1)))
        return f"try {line.tries + 1} is due on {in_words(line.due_at)} (in {left})"
    return f"try {line.tries + 1} is due: a running gateway sends it as soon as its turn comes"


def _heading(tried: TryShown) -> str:
    result = "nobody answered" if tried.status is None else f"answered {tried.status}"
    return f"{in_moscow(tried.at)} (Moscow) · {took(tried.took_ms)} · {result}"


def took(milliseconds: int) -> str:
    """How long a try took: "12 ms", "10.0 s"."""
    return f"{milliseconds} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"  # noqa: PLR2004 - a second


def try_lines(tried: TryShown) -> Iterator[str]:
    """Both directions of a try: what went out, what was signed, what came back."""
    yield f"→ {tried.method} {tried.url}"
    yield from (f"→ {name}: {value}" for name, value in tried.headers)
    if tried.body is not None:
        yield "→"
        yield from (f"→ {row}" for row in tried.body.splitlines())
    if tried.signed is None:
        yield "not signed: the shop's callbacks carry no checksum"
    else:
        yield f"signed    {tried.signed}"
        yield f"checksum  {tried.checksum}"
    if tried.status is not None:
        yield f"← {tried.status} {_phrase(tried.status)}".rstrip()
        yield from (f"← {name}: {value}" for name, value in tried.answer_headers)
    if tried.answer:
        yield "←"
        rows = tried.answer.splitlines()
        yield from (f"← {row}" for row in rows[:ANSWER_LINES])
        if len(rows) > ANSWER_LINES:
            yield f"← … {len(rows) - ANSWER_LINES} lines more"
    if tried.problem is not None:
        yield f"problem   {tried.problem}"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


# ── The tries as they happen ──────────────────────────────────────────────────────────────────────


def seen_line(seen: TrySeen) -> str:
    """One try: when, whose, what, how it went, what comes of it."""
    about = seen.order_number or STORED_CARD
    return (
        f"{in_moscow(seen.at)}  {seen.merchant}  {about}  {seen.operation}  "
        f"try {seen.attempt}: {_result(seen)}  {seen.method} {seen.address}  {seen.id}"
    )


def seen_colour(seen: TrySeen) -> str:
    """The colour that goes with the words: green, or that of a callback's state."""
    return "green" if seen.delivered else _COLOURS[_ends_in(seen)]


def _result(seen: TrySeen) -> str:
    answer = str(seen.status) if seen.problem is None else brief(seen.problem)
    said = f"{answer} in {took(seen.took_ms)}"
    if seen.delivered:
        return f"{said}, delivered"
    if _ends_in(seen) is Outcome.DEAD:
        return f"{said}, given up"
    if seen.attempt < seen.tries or seen.state is not Outcome.WAITING:
        return f"{said}, tried again"
    return f"{said}, again at {in_moscow(seen.due_at)}"


def _ends_in(seen: TrySeen) -> Outcome:
    """What a failed try has led to, as far as it is known by now."""
    given_up = seen.state is Outcome.DEAD and seen.attempt == seen.tries
    return Outcome.DEAD if given_up else Outcome.WAITING
