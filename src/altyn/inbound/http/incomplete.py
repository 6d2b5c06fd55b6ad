"""Logs a request that did not arrive completely: one line, for the client caused it."""

from collections.abc import Mapping
from typing import Any, Final

import structlog

from altyn.inbound.request_log.open_call import open_call

CLOSE: Final = (b"connection", b"close")
"""The header of an answer to an incomplete request: its rest would be read as the next one."""

log = structlog.get_logger("altyn.requests")


def log_client_left(scope: Mapping[str, Any]) -> None:
    """The client closed the connection before its request was complete; it gets no answer."""
    _log("the client closed the connection", scope)


def log_body_too_slow(scope: Mapping[str, Any]) -> None:
    """The body did not arrive in time; the client is answered 408."""
    _log("the body was not complete in time", scope)


def _log(reason: str, scope: Mapping[str, Any]) -> None:
    if call := open_call():
        call.rule = reason
    client = scope.get("client")
    log.info(
        "request_incomplete", reason=reason, path=scope["path"], ip=client[0] if client else ""
    )
