"""What the history of an order keeps of a request, apart from the sum."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from altyn.domain.notes import Notes
from altyn.operations.decisions import Accepted, Decision

IGNORED: Final = "ignored"
"""The name in the history of what a request sent and did not get."""


def history_detail(
    *, items: object = None, json_params: Mapping[str, str] | None = None
) -> dict[str, object]:
    """The cart and the free attributes of a request, as far as they were sent."""
    detail = {"items": items, "json_params": json_params}
    return {name: value for name, value in detail.items() if value is not None}


def notes_detail(notes: Notes) -> dict[str, list[str]]:
    """What the history keeps of notes: nothing where there are none."""
    return {IGNORED: [str(note) for note in notes]} if notes else {}


def with_notes(decision: Decision, notes: Notes) -> Decision:
    """The decision with the notes of its request in the history."""
    if not notes or not isinstance(decision, Accepted):
        return decision
    return replace(decision, detail={**decision.detail, **notes_detail(notes)})
