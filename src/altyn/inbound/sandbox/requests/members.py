"""A logged request in the members of the sandbox's API: its line, or all of it, explained."""

from collections.abc import Iterator
from typing import Any, Final

from altyn.domain.moscow import to_moscow
from altyn.domain.refusals import Refusal
from altyn.domain.request_log import LoggedRequest, RequestLine
from altyn.inbound.sandbox.requests.curl import curl_of
from altyn.protocol.dialects.classic.registry import METHODS
from altyn.protocol.table import Method, Parameter

REFERENCE: Final = "docs/reference"


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
        "explanation": list(_explanation(found)),
        "curl": curl_of(found),
        "repeatable": not why_not_repeated,
        "whyNotRepeatable": why_not_repeated,
    }


def _explanation(found: LoggedRequest) -> Iterator[str]:
    """What happened in sentences: the error, the rule, the parameter's row, where to read on."""
    facts, method = found.line.facts, METHODS.get(found.line.facts.method)
    if not facts.refused:
        yield "The request was carried out."
    elif not facts.status:
        yield "The client left before it was answered."
    elif method is not None and facts.refusal in set(Refusal):
        yield from _error(method, Refusal(facts.refusal), facts.parameter)
    else:
        yield f"The request was refused with HTTP {facts.status}."
    if facts.rule:
        yield (
            f"The rule: {facts.parameter}: {facts.rule}"
            if facts.parameter
            else (f"The rule: {facts.rule}")
        )
    if method is None:
        return
    row = next((each for each in method.parameters if facts.parameter in each.names), None)
    if row is not None:
        yield _row(row)
    yield f"Read on: {REFERENCE}/{method.name}.md; {found.content.source}"


def _error(method: Method, refusal: Refusal, parameter: str) -> Iterator[str]:
    error = method.refusals.get(refusal)
    if error is not None:
        text = error.text("en", name=parameter)
        yield f"Refused with error {error.code}: {text} ({refusal.value})"


def _row(row: Parameter) -> str:
    need = "mandatory" if row.required else "optional"
    if row.replacement:
        need = f"mandatory without {row.replacement}"
    return f"{row.name} is {row.type.notation}, {need}: {row.note}"
