"""Callbacks and verdicts as the sandbox's API writes them: members of JSON.

It exists apart from the door so that what a test suite reads is one page. Moments: ISO 8601, UTC.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from altyn.diagnostics.checksum_mistakes import Mistake
from altyn.diagnostics.checksum_verdict import Checked, Verdict
from altyn.domain.callback_story import CallbackLine, CallbackShown, TryShown


def line_members(line: CallbackLine) -> dict[str, Any]:
    """A callback. `tries` counts those begun; `answer` is of the last one that was recorded."""
    return {
        "id": str(line.id),
        "shop": line.merchant,
        "operation": line.operation,
        "orderNumber": line.order_number,
        "status": line.status,
        "state": line.state,
        "onItsWay": line.on_its_way,
        "tries": line.tries,
        "failures": line.failures,
        "receiver": line.receiver,
        "parameters": line.parameters,
        "createdAt": _moment(line.created_at),
        "dueAt": _moment(line.due_at),
        "settledAt": _moment(line.settled_at),
        "answer": {"status": line.answer_status, "problem": line.problem},
    }


def shown_members(shown: CallbackShown) -> dict[str, Any]:
    """A callback with every try that was begun, both ways; of one of which nothing was recorded
    only why."""
    attempts = [
        {"try": number, "problem": shown.unrecorded(number)} if known is None else _try(known)
        for number, known in shown.attempts()
    ]
    return {**line_members(shown.line), "attempts": attempts}


def _try(tried: TryShown) -> dict[str, Any]:
    return {
        "try": tried.attempt,
        "at": _moment(tried.at),
        "tookMs": tried.took_ms,
        "request": {
            "method": tried.method,
            "url": tried.url,
            "headers": tried.headers,
            "body": tried.body,
        },
        "signed": tried.signed,
        "checksum": tried.checksum,
        "answer": None
        if tried.status is None
        else {"status": tried.status, "headers": tried.answer_headers, "body": tried.answer},
        "problem": tried.problem,
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="milliseconds")


def verdict_members(verdict: Verdict) -> dict[str, Any]:
    """A verdict. `expected` is null where only the holder of the private key can make it;
    `ownQuery` names the parameters of the shop's own address, which are not signed."""
    neither = verdict.received is None and verdict.computed is None
    return {
        "right": verdict.right,
        "signed": verdict.signed,
        "expected": verdict.expected,
        "ownQuery": verdict.own,
        "received": _checked(verdict.received, on_the_way=True),
        "computed": _checked(verdict.computed, on_the_way=False),
        "mistakes": _mistakes(verdict.mistakes, on_the_way=False) if neither else [],
    }


def _checked(checked: Checked | None, *, on_the_way: bool) -> dict[str, Any] | None:
    if checked is None:
        return None
    return {
        "checksum": checked.checksum,
        "right": checked.right,
        "madeOf": checked.made_of,
        "mistakes": _mistakes(checked.mistakes, on_the_way=on_the_way),
    }


def _mistakes(mistakes: Sequence[Mistake], *, on_the_way: bool) -> list[dict[str, str]]:
    """A callback's own checksum was made by the gateway, so that something was done to it since."""
    return [
        {
            "name": mistake.name,
            "happened": (mistake.altered if on_the_way else "") or mistake.happened,
            "remedy": mistake.remedy,
        }
        for mistake in mistakes
    ]
