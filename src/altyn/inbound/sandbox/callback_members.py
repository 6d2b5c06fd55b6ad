"""The JSON members of callbacks and verdicts in the sandbox's API. Dates: ISO 8601, UTC."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from altyn.diagnostics.checksum_mistakes import Mistake
from altyn.diagnostics.checksum_verdict import Checked, Verdict
from altyn.domain.callback_history import CallbackDetail, CallbackSummary, DeliveryDetail


def summary_members(callback: CallbackSummary) -> dict[str, Any]:
    """A callback. `tries` counts the deliveries begun; `answer` is of the last recorded one."""
    return {
        "id": str(callback.id),
        "shop": callback.merchant,
        "operation": callback.operation,
        "orderNumber": callback.order_number,
        "status": callback.status,
        "state": callback.state,
        "onItsWay": callback.is_sending,
        "tries": callback.attempts,
        "failures": callback.failures,
        "receiver": callback.receiver,
        "parameters": callback.parameters,
        "createdAt": _date(callback.created_at),
        "dueAt": _date(callback.due_at),
        "settledAt": _date(callback.settled_at),
        "answer": {"status": callback.response_status, "problem": callback.problem},
    }


def detail_members(callback: CallbackDetail) -> dict[str, Any]:
    """A callback with every delivery that was begun; without a record only the reason."""
    attempts = [
        {"try": number, "problem": callback.unrecorded(number)}
        if delivery is None
        else _delivery_members(delivery)
        for number, delivery in callback.attempts()
    ]
    return {**summary_members(callback.summary), "attempts": attempts}


def _delivery_members(delivery: DeliveryDetail) -> dict[str, Any]:
    response = {
        "status": delivery.status,
        "headers": delivery.response_headers,
        "body": delivery.response,
    }
    return {
        "try": delivery.attempt,
        "at": _date(delivery.at),
        "tookMs": delivery.took_ms,
        "request": {
            "method": delivery.method,
            "url": delivery.url,
            "headers": delivery.headers,
            "body": delivery.body,
        },
        "signed": delivery.signed,
        "checksum": delivery.checksum,
        "answer": None if delivery.status is None else response,
        "problem": delivery.problem,
    }


def _date(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat(timespec="milliseconds")


def verdict_members(verdict: Verdict) -> dict[str, Any]:
    """A verdict. `expected` is null where only the holder of the private key can make it;
    `ownQuery` names the parameters of the shop's own address, which are not signed."""
    neither = verdict.received is None and verdict.computed is None
    return {
        "right": verdict.right,
        "signed": verdict.signed,
        "expected": verdict.expected,
        "ownQuery": verdict.own_query,
        "received": _checked(verdict.received, in_transit=True),
        "computed": _checked(verdict.computed, in_transit=False),
        "mistakes": _mistakes(verdict.mistakes, in_transit=False) if neither else [],
    }


def _checked(checked: Checked | None, *, in_transit: bool) -> dict[str, Any] | None:
    if checked is None:
        return None
    return {
        "checksum": checked.checksum,
        "right": checked.right,
        "madeOf": checked.made_of,
        "mistakes": _mistakes(checked.mistakes, in_transit=in_transit),
    }


def _mistakes(mistakes: Sequence[Mistake], *, in_transit: bool) -> list[dict[str, str]]:
    """A callback's own checksum was made by the gateway, so that something was done to it since."""
    return [
        {
            "name": mistake.name,
            "happened": (mistake.altered if in_transit else "") or mistake.happened,
            "remedy": mistake.remedy,
        }
        for mistake in mistakes
    ]
