"""The values that the templates of callbacks show."""

from __future__ import annotations

from typing import Any

from altyn.domain.callback_history import CallbackDetail, CallbackSummary
from altyn.domain.outbox import EntryState
from altyn.inbound.web.order_story.view import toned
from altyn.inbound.web.order_story.words import ENTRY_WORDS


def callback_states(language: str) -> dict[str, str]:
    """The states of callbacks in words, by their names."""
    return {str(each): row[0].text(language) for each, row in ENTRY_WORDS.items()}


def callback_attempts(found: CallbackDetail) -> list[dict[str, Any]]:
    """Every attempt of a callback, the first one first."""
    return [
        {"number": number, "delivery": each, "missing": found.unrecorded(number)}
        for number, each in found.attempts()
    ]


def callback_line(summary: CallbackSummary, language: str) -> dict[str, Any]:
    """A callback in a list."""
    about_order = summary.order_number is not None
    return {
        "id": summary.id,
        "operation": summary.operation,
        "state": toned(ENTRY_WORDS[summary.state], language),
        "at": summary.created_at,
        "due_at": summary.due_at if summary.state is EntryState.WAITING else None,
        "shop": summary.merchant,
        "receiver": summary.receiver,
        "attempts": summary.attempts,
        "status": summary.response_status,
        "problem": summary.problem or "",
        "order_id": summary.id.subject_id if about_order else None,
        "order_number": summary.order_number or "",
    }
