"""The output of `altyn requests`: a list, one request with its explanation, a line per request."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from altyn.cli.columns import Cell, Row, headers, print_records
from altyn.cli.dates import in_moscow
from altyn.cli.escaping import safe_for_terminal, visible
from altyn.cli.output import print_line
from altyn.domain.request_log import NOT_READ

Members = Mapping[str, Any]
OK: Final = "ok"


def print_requests(requests: Sequence[Members]) -> None:
    """Print two lines per request; the number begins the first."""
    names = [
        headers("Number", "At (Moscow)", "Method", "Result", "ms", "Shop"),
        headers("Order", "Rule"),
    ]
    print_records(names, [_rows(each) for each in requests])


def _rows(members: Members) -> Sequence[Row]:
    first = (
        Cell(str(members["id"]), right=True),
        Cell(_at(members)),
        Cell(_method(members)),
        Cell(result_of(members), "red" if members["refused"] else "green"),
        Cell(f"{members['ms']:g}", right=True),
        Cell(members["shop"] or members["login"]),
    )
    return first, (Cell(_order(members)), Cell(_rule(members)))


def print_tail_line(members: Members) -> None:
    """Print one request on one line."""
    parts = (
        str(members["id"]),
        _at(members),
        _method(members),
        result_of(members),
        f"{members['ms']:g} ms",
        members["shop"] or members["login"],
        _order(members),
        _rule(members),
    )
    if members["notRecordedBefore"]:
        print_line(f"({members['notRecordedBefore']} requests were not recorded here)", "yellow")
    line = "  ".join(visible(part) for part in parts if part)
    print_line(line, "red" if members["refused"] else None)


def print_new_answer(members: Members) -> None:
    """Print the status and the body of the answer to a request that was sent again."""
    print_line(f"HTTP {members['status']}")
    print_line(safe_for_terminal(str(members["answer"])))


def print_request(members: Members) -> None:
    """Print a request with everything that was kept of it."""
    print_line(f"{members['id']}  {_method(members)}  {result_of(members)}")
    for title, text in _facts(members):
        print_line(f"{title:<12}{visible(text)}")
    _section("Why", members["explanation"])
    _section("Parameters", [_parameter(each) for each in members["parameters"]])
    _section("Ignored", [f"{each['parameter']}: {each['why']}" for each in members["ignored"]])
    _section("Answer", [_pretty(members["answer"])] if members["answer"] else [])
    _section("The request as curl", [members["curl"]] if members["curl"] else [])


def result_of(members: Members) -> str:
    """How a request ended, in a few characters."""
    if not members["refused"]:
        return OK
    if not members["status"]:
        return "no answer"
    if members["errorCode"] and members["refusal"] != NOT_READ:
        return f"error {members['errorCode']}"
    return f"HTTP {members['status']}"


def _facts(members: Members) -> list[tuple[str, str]]:
    caller = f"{members['login']} from {members['ip']}" if members["login"] else members["ip"]
    return [
        ("At", f"{_at(members)} Moscow, {members['ms']:g} ms"),
        ("Sent to", f"{_target(members)} ({members['endpoint']})".lstrip()),
        ("By", f"{members['shop']}: {caller}" if members["shop"] else caller),
        *([("Order", _order(members))] if _order(members) else []),
    ]


def _section(title: str, lines: Sequence[str]) -> None:
    if lines:
        print_line("")
        print_line(title, "bold")
    for line in lines:
        print_line(safe_for_terminal(line))


def _parameter(parameter: Members) -> str:
    remark = " (masked)" if parameter["masked"] else ""
    remark += " (cut)" if parameter["cut"] else ""
    return f"{visible(parameter['name'])} = {visible(parameter['value'])}{remark}"


def _pretty(answer: str) -> str:
    try:
        return json.dumps(json.loads(answer), ensure_ascii=False, indent=2)
    except ValueError:
        return answer


def _at(members: Members) -> str:
    return in_moscow(datetime.fromisoformat(members["utc"]))


def _method(members: Members) -> str:
    return members["method"] or _target(members)


def _target(members: Members) -> str:
    return f"{members['httpMethod']} {members['path']}".rstrip()


def _order(members: Members) -> str:
    return " ".join(filter(None, (members["orderId"], members["orderNumber"])))


def _rule(members: Members) -> str:
    parameter, rule = members["parameter"], members["rule"]
    return f"{parameter}: {rule}" if parameter and rule else rule
