"""A logged request in the members of the sandbox's API: its line, or all of it, explained."""

from typing import Any

from altyn.domain.moscow import to_moscow
from altyn.domain.request_log import LoggedRequest, RequestLine
from altyn.inbound.sandbox.requests.curl import curl_of
from altyn.inbound.sandbox.requests.explanation import explanation_of


def line_members(line: RequestLine) -> dict[str, Any]:
    """One line of the list."""
    facts = line.facts
    return {
        "id": line.id,
        "utc": facts.at.isoformat(timespec="milliseconds"),
        "moscow": to_moscow(facts.at).isoformat(timespec="milliseconds"),
        "endpoint": facts.endpoint.value,
        "method": facts.method,
        "httpMethod": facts.http_method,
        "path": facts.path,
        "shop": facts.shop,
        "login": facts.login,
        "orderId": str(facts.order_id) if facts.order_id else None,
        "orderNumber": facts.order_number,
        "ip": facts.ip,
        "status": facts.status,
        "errorCode": facts.code,
        "refused": facts.refused,
        "refusal": facts.refusal,
        "parameter": facts.parameter,
        "rule": facts.rule,
        "ms": round(facts.took_ms, 1),
        "notRecordedBefore": line.dropped_before,
    }


def request_members(found: LoggedRequest, why_not_repeated: str) -> dict[str, Any]:
    """All of a request; `why_not_repeated` is empty where it can be sent again."""
    content = found.content
    return {
        **line_members(found.line),
        "parameters": [
            {"name": each.name, "value": each.value, "masked": each.masked, "cut": each.cut}
            for each in content.parameters
        ],
        "body": content.body,
        "answer": content.answer,
        "ignored": [{"parameter": note.parameter, "why": note.text} for note in content.notes],
        "source": content.source,
        "explanation": [each.english for each in explanation_of(found)],
        "curl": curl_of(found),
        "repeatable": not why_not_repeated,
        "whyNotRepeatable": why_not_repeated,
    }
