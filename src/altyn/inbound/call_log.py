"""The one log line of each call: which method, of which shop and order, answered how, how fast.

The endpoints write it when the answer is known. A call that cannot be read has its line too. The
same facts go into the request log (`request_log/`), where the call is recorded.
"""

import logging
from time import perf_counter
from typing import Any, Final

import structlog

from altyn.domain.credentials import FailedLogin
from altyn.domain.notes import Notes
from altyn.domain.refusals import Refusal
from altyn.domain.request_log import Endpoint
from altyn.inbound.metrics import SERVED
from altyn.inbound.request_handler import Refusing, Request, Served
from altyn.inbound.request_log.open_call import OpenCall, open_call
from altyn.operations.ports import LoginDelayed
from altyn.protocol.table import Method
from altyn.protocol.types import sent_values

ORDER_CHARS_MAX: Final = 64
PATH_CHARS_MAX: Final = 64
log = structlog.get_logger("altyn.requests")


def log_answer(request: Request, answer: Served | Refusing, started: float) -> None:
    """Log an answered call; `started` is the `perf_counter` of its beginning."""
    if call := open_call():
        _record(call, request)
        _record_answer(call, answer)
    failed = answer.failed_login if isinstance(answer, Refusing) else None
    level = level_of(failed)
    if not log.is_enabled_for(level):
        return  # the facts are not gathered for nothing
    line = {**call_facts(request, started), "shop": answer.shop}
    if answer.order:
        line["order"] = answer.order
    if answer.notes:
        line["ignored"] = list(answer.notes)
    if isinstance(answer, Served):
        log.info("served", code=answered_code(answer), **line)
        return
    if answer.faults:
        line["cart_faults"] = len(answer.faults)
        line["first_fault"] = answer.faults[0].text
    log.log(
        level,
        "refused",
        code=answer.error.code,
        refusal=answer.refusal.value,
        parameter=answer.parameter,
        rule=answer.rule,
        source=request.method.source,
        **failed_login_facts(failed),
        **line,
    )


def answered_code(answer: Served | Refusing) -> int:
    """The error code of an answer; a result may have one of its own, as a payout that failed."""
    if isinstance(answer, Refusing):
        return answer.error.code
    return int(answer.members.get("errorCode", SERVED))


def log_unread(
    method: str, *, code: int, rule: str, ip: str, started: float, failed: FailedLogin | None = None
) -> None:
    """Log a call whose parameters were not read: `code` is the HTTP status of its answer.

    `failed` is for a call whose password could not be checked yet.
    """
    _record_unread(method, rule)
    facts = {"method": method, "code": code, "rule": rule, "ip": ip, "ms": _since(started)}
    log.log(level_of(failed), "not_read", **facts, **failed_login_facts(failed))


def failed_login_facts(failed: FailedLogin | None) -> dict[str, Any]:
    """What the line of a call says about a login that failed; nothing where none did."""
    return {} if failed is None else {"login": failed.login, "failures": failed.failures}


def delayed_login(error: Exception) -> FailedLogin | None:
    """The login whose password could not be checked yet, where that is the reason."""
    return error.failed if isinstance(error, LoginDelayed) else None


def level_of(failed: FailedLogin | None) -> int:
    """A failed login is a warning, so a log without information keeps it."""
    return logging.INFO if failed is None else logging.WARNING


def log_path(path: str, *, code: int, rule: str) -> None:
    """Log a call that was refused for its path, before its method was known; `code` is of HTTP."""
    _record_unread("", rule)
    log.info("not_read", path=path[:PATH_CHARS_MAX], code=code, rule=rule)


def log_unserved(method: str, *, code: int, rule: str, ip: str, started: float) -> None:
    """Log a call of a method that is not served, or does not exist; `code` is the error code."""
    if call := _record_unread(method, rule):
        call.code = code
    log.info("not_served", method=method, code=code, rule=rule, ip=ip, ms=_since(started))


def log_page_call(method: str, *, order: str, status: int, ip: str, started: float) -> None:
    """Log a call of the payment page; `status` is the HTTP status of its answer."""
    call = open_call()
    if call:
        call.endpoint, call.method, call.order_id = Endpoint.PAYMENT_PAGE, method, order
    line: dict[str, Any] = {"order": order[:ORDER_CHARS_MAX]} if order else {}
    if call and call.notes:
        line["ignored"] = list(call.notes)
    log.info("page_call", method=method, status=status, ip=ip, ms=_since(started), **line)


def record_notes(notes: Notes) -> None:
    """Record what of a payment by the payment page has no effect."""
    if notes and (call := open_call()):
        call.notes = notes


def record_failure(request: Request, code: int) -> None:
    """Record, in the request log alone, a call that a defect or an outage of the gateway ended."""
    if call := open_call():
        _record(call, request)
        call.code, call.refusal = code, Refusal.SYSTEM_ERROR.value
        call.rule = "the gateway failed; its log has the error"


def record_fault(code: str, rule: str) -> None:
    """Record, in the request log alone, a message that is answered with a fault of this code."""
    if call := open_call():
        call.refusal, call.rule = code, rule


def record_plugin_refusal(rule: str) -> None:
    """Record, in the request log alone, why a call of a plugin is refused."""
    if call := open_call():
        call.method, call.rule = "plugin settings", rule


def record_shop(login: str) -> None:
    """Record, in the request log alone, whose plugin calls."""
    if call := open_call():
        call.method, call.shop = "plugin settings", login


def record_link_call(method: str, table: Method | None = None) -> None:
    """Record, in the request log alone, what a payer's page of a shop asks for.

    `table` is of the method by which the order is registered.
    """
    if call := open_call():
        call.method, call.table = method, table


def record_link_shop(login: str) -> None:
    """Record, in the request log alone, the shop of a public token."""
    if call := open_call():
        call.shop = login


def record_link_refusal(refusal: str, rule: str, parameter: str) -> None:
    """Record, in the request log alone, why a static link or a pay button is refused.

    A reason that the handler of the method has named stays.
    """
    call = open_call()
    if call is not None and not call.refusal:
        call.refusal, call.rule, call.parameter = refusal, rule, parameter


def _record(call: OpenCall, request: Request) -> None:
    """What the request log keeps of a call that was read."""
    if call.endpoint is Endpoint.UNKNOWN:
        call.endpoint = Endpoint.REST
    call.method, call.table, call.source = request.method.name, request.method, request.source
    call.caller, call.ip = request.dialect.caller, request.ip


def _record_answer(call: OpenCall, answer: Served | Refusing) -> None:
    call.shop, call.order_id, call.notes = answer.shop, answer.order, answer.notes
    if isinstance(answer, Served):
        call.code = SERVED
        return
    call.code, call.refusal = answer.error.code, answer.refusal.value
    call.parameter, call.rule = answer.parameter, answer.rule


def _record_unread(method: str, rule: str) -> OpenCall | None:
    """What the request log keeps of a call without parameters."""
    call = open_call()
    if call is not None:
        if call.endpoint is Endpoint.UNKNOWN:
            call.endpoint = Endpoint.REST
        call.method, call.rule = method, rule
    return call


def call_facts(request: Request, started: float) -> dict[str, Any]:
    """What every line of a call has: its method, order, address, and how long it took."""
    line = {"method": request.method.name, "ms": _since(started), "ip": request.ip}
    order = order_named(request)
    return {**line, "order": order} if order else line


def order_named(request: Request) -> str:
    """The order as the request names it; empty where it names none."""
    sent = sent_values(request.source, request.method.order_names)
    return sent[0][:ORDER_CHARS_MAX] if sent else ""


def duration(started: float | None) -> dict[str, float]:
    """How long a call took, for its line; nothing for a call that was refused at once."""
    return {} if started is None else {"ms": _since(started)}


def _since(started: float) -> float:
    """Milliseconds since then."""
    return round((perf_counter() - started) * 1_000, 1)
