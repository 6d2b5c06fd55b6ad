"""Callbacks at a terminal: the list, the deliveries, and what can be done next."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from altyn.cli.callbacks.commands import read_state
from altyn.cli.callbacks.view import (
    ANSWER_LINES,
    BRIEF,
    delivery_colour,
    delivery_line,
    delivery_lines,
    duration,
    print_callback,
    print_callbacks,
    state_in_words,
)
from altyn.cli.output import CommandError
from altyn.domain.callback_history import CallbackDetail, CallbackSummary
from altyn.domain.outbox import EntryState
from tests.callbacks import ID, NOW, RECEIVER, SIGNED, a_delivery, a_delivery_summary, a_summary

Table = Callable[..., str]
LONG = "Nobody answers at 127.0.0.1:9090: connection refused. Start the receiver and resend."


@pytest.fixture
def table(capsys: pytest.CaptureFixture[str]) -> Table:
    """What a list of such callbacks looks like."""

    def text(*lines: CallbackSummary) -> str:
        print_callbacks(lines)
        return capsys.readouterr().out

    return text


def test_list_shows_time_shop_operation_attempts_and_response(table: Table) -> None:
    *names, first, second, third = table(a_summary()).splitlines()

    assert [line.split()[0] for line in names] == ["Happened", "Id", "Last"]
    assert first.split() == [
        *("2026-11-21", "15:00:00", "deposited", "1", "waiting", "1", "test"),
    ]
    assert second.split() == [str(ID), "A-1"]
    assert third.split() == ["500", RECEIVER]


def test_list_fits_80_columns_and_cuts_no_id(table: Table) -> None:
    long = a_summary(
        operation="declinedByTimeout",
        merchant="m" * 30,
        receiver=f"http://shop.example/{'x' * 200}",
        parameters={"orderNumber": "N" * 32, "status": "1"},
        problem=LONG,
    )
    lines = table(a_summary(), long).splitlines()

    assert max(map(len, lines)) == 80
    assert f"  {ID}  {'N' * 32}" in lines


def test_list_shows_running_and_untried_callbacks(table: Table) -> None:
    assert "being sent" in table(a_summary(is_sending=True))
    assert "none yet" in table(a_summary(attempts=0, response_status=None))


def test_list_shows_the_beginning_of_a_problem_and_a_stored_card(table: Table) -> None:
    text = table(a_summary(problem=LONG, response_status=None, parameters={"bindingId": "7"}))

    assert LONG[: BRIEF - 1] + "…" in text
    assert LONG not in text
    assert "a stored card" in text


def test_brackets_in_outside_text_are_not_markup(table: Table) -> None:
    text = table(a_summary(receiver="http://[::1]:9090/[red]", parameters={"orderNumber": "[b]1"}))

    assert "http://[::1]:9090/[red]" in text
    assert len(text.splitlines()) == 6
    assert "[b]1" in text


def test_controls_in_outside_text_are_shown_as_escapes(table: Table) -> None:
    text = table(a_summary(parameters={"orderNumber": "[/x]\x1b[2J\x9b2J\u202eA-1:bug:"}))

    assert "[/x]\\x1b[2J\\x9b2J\\u202eA-1:bug:" in text
    assert text.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "attempt 2 is due on 21 November 2026, 15:00:30 (Moscow) (in 30 s)"),
        ({"due_at": NOW}, "attempt 2 is due: a running gateway sends it"),
        ({"is_sending": True, "attempts": 2}, "attempt 2 is in progress"),
        (
            {"state": EntryState.DELIVERED, "settled_at": NOW},
            "delivered on 21 November 2026, 15:00:00 (Moscow), after 1 attempt. To send it again: ",
        ),
        (
            {"state": EntryState.DEAD, "settled_at": NOW, "attempts": 3},
            "dead since 21 November 2026, 15:00:00 (Moscow), after 3 attempts. To send it again:",
        ),
    ],
)
def test_state_names_the_next_step(changes: dict[str, object], text: str) -> None:
    assert state_in_words(a_summary(**changes), NOW).startswith(text)


def test_delivery_shows_request_and_response() -> None:
    assert list(delivery_lines(a_delivery())) == [
        f"→ GET {RECEIVER}?mdOrder={ID.subject_id}&status=1&checksum=AB",
        "→ Authorization: •••",
        f"signed    {SIGNED}",
        "checksum  AB",
        "← 500 Internal Server Error",
        "← Content-Type: text/plain",
        "←",
        "← out of order",
    ]


def test_delivery_shows_body_and_problem() -> None:
    posted = list(delivery_lines(a_delivery(method="POST", url=RECEIVER, body="a=1", signed=None)))
    silent = list(delivery_lines(a_delivery(status=None, response="", problem=LONG)))

    assert posted[:4] == [f"→ POST {RECEIVER}", "→ Authorization: •••", "→", "→ a=1"]
    assert "not signed: the shop's callbacks carry no checksum" in posted
    assert silent[-1] == f"problem   {LONG}"
    assert not any(line.startswith("←") for line in silent)
    assert "← 599" in list(delivery_lines(a_delivery(status=599)))


def test_only_the_beginning_of_a_long_response_is_shown() -> None:
    text = list(delivery_lines(a_delivery(response="line\n" * (ANSWER_LINES + 5))))

    assert text.count("← line") == ANSWER_LINES
    assert text[-1] == "← … 5 more lines"


def test_callback_is_printed_with_all_deliveries(capsys: pytest.CaptureFixture[str]) -> None:
    print_callback(CallbackDetail(a_summary(attempts=2), (a_delivery(),)), NOW)

    text = capsys.readouterr().out
    parts = (
        "deposited · order A-1 of test · waiting",
        f"id        {ID}",
        f"to        {RECEIVER}",
        "orderNumber  A-1",
        "Attempt 1 · 2026-11-21 15:00:00 (Moscow) · 12 ms · answered 500",
        "Attempt 2: nothing recorded: the process was stopped before the answer; it is sent again",
    )
    places = [text.find(part) for part in parts]
    assert -1 not in places, text
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("changes", "text", "colour"),
    [
        ({"status": 200, "state": EntryState.DELIVERED}, "200 in 12 ms, delivered", "green"),
        ({}, "500 in 12 ms, next attempt at 2026-11-21 15:00:30", "yellow"),
        ({"attempts": 2}, "500 in 12 ms, sent again", "yellow"),
        ({"state": EntryState.DEAD}, "500 in 12 ms, dead: not sent again", "red"),
        (
            {"status": None, "problem": "no answer", "took_ms": 10_049},
            "no answer in 10.0 s",
            "yell",
        ),
    ],
)
def test_delivery_in_one_line(changes: dict[str, object], text: str, colour: str) -> None:
    delivery = a_delivery_summary(**changes)

    assert delivery_line(delivery).startswith(
        "2026-11-21 15:00:00  test  A-1  deposited  attempt 1: "
    )
    assert text in delivery_line(delivery)
    assert delivery_line(delivery).endswith(f"GET {RECEIVER}  {ID}")
    assert delivery_colour(delivery).startswith(colour)


def test_a_short_time_is_in_milliseconds() -> None:
    assert duration(999) == "999 ms"
    assert duration((timedelta(seconds=1)) // timedelta(milliseconds=1)) == "1.0 s"


def test_a_state_is_named() -> None:
    assert read_state(None) is None
    assert read_state("Dead") is EntryState.DEAD
    with pytest.raises(CommandError, match="waiting, delivered, dead"):
        read_state("lost")
