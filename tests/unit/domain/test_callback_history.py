"""A callback's id as text, and attempts without a record."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from altyn.domain.callback_history import CallbackDetail, parse_callback_id
from altyn.domain.outbox import EntryId, EntryState
from tests.callbacks import a_delivery, a_summary

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SUBJECT = "01a1fdfa-4600-8000-87c0-b0723ad2dd34"  # of merchant 7
NOBODYS = "9f78896a-e8fa-4a45-8b26-d85e01294af2"  # not made by a gateway: it names no merchant
ID = EntryId(7, UUID(SUBJECT), 3, 2)


def test_an_id_is_read_as_it_is_written() -> None:
    assert parse_callback_id(str(ID)) == ID
    assert parse_callback_id(f"  {str(ID).upper()}\n") == ID


@pytest.mark.parametrize(
    "text",
    [
        "",
        SUBJECT,
        f"{SUBJECT}.3",
        f"{SUBJECT}.3.2.1",
        f"{SUBJECT}.-3.2",
        f"{SUBJECT}.{2**31}.1",
        f"{SUBJECT}.1.{2**15}",
        f"{NOBODYS}.3.2",
        "-" * 36 + ".3.2",
    ],
)
def test_text_that_is_not_an_id_is_none(text: str) -> None:
    assert parse_callback_id(text) is None


def test_attempts_without_a_record_are_listed() -> None:
    shown = CallbackDetail(a_summary(attempts=4), (a_delivery(attempt=1), a_delivery(attempt=3)))

    assert [(number, known is not None) for number, known in shown.attempts()] == [
        (1, True),
        (2, False),
        (3, True),
        (4, False),
    ]


def test_attempt_without_a_record_has_a_reason() -> None:
    stopped = "nothing recorded: the process was stopped before the answer"
    waiting = CallbackDetail(a_summary(attempts=2), ())
    sending = CallbackDetail(a_summary(attempts=2, is_sending=True), ())
    settled = CallbackDetail(a_summary(attempts=2, state=EntryState.DEAD), ())

    assert waiting.unrecorded(1) == f"{stopped}; it was sent again"
    assert waiting.unrecorded(2) == f"{stopped}; it is sent again"
    assert sending.unrecorded(2) == "on its way at this moment"
    assert settled.unrecorded(2) == stopped
