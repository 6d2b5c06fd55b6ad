"""A request that the HTTP server refused, as the request log will show it.

Its address may be cut anywhere, so the login is hidden too: it may have the password in it.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from altyn.domain.request_log import NOT_READ, Endpoint, SentParameter
from altyn.inbound.connections.refused_requests import RefusedRequest
from altyn.inbound.request_log.masked import sent_parameters
from altyn.inbound.request_log.open_call import OpenCall, query_pairs
from altyn.masking import HIDDEN
from altyn.protocol.dialect import CallerParameters

UNREADABLE: Final = "unreadable"
"""Stands for the method of a request whose first line could not be read at all."""

_LOGIN: Final = "username"


def refused_call(refused: RefusedRequest, endpoint: Endpoint, method: str) -> OpenCall:
    """The call of a refused request; `method` is empty where no method of ours has its path."""
    scope = {
        "method": refused.method.decode("ascii"),
        "path": refused.path,
        "query_string": refused.query,
        "headers": refused.headers,
        "client": refused.client,
        "server": refused.server,
        "scheme": refused.scheme,
    }
    call = OpenCall(scope, endpoint)
    call.caller = CallerParameters(user_name="")  # no parameter is shown as the login
    call.method = method or ("" if refused.target else UNREADABLE)
    call.refusal, call.rule = NOT_READ, refused.refusal.text
    call.parameters = tuple(_parameters(refused))
    call.status = int(refused.refusal.status)
    call.answer, call.content_type = refused.refusal.body, "application/json"
    call.answer_size = len(call.answer)
    return call


def _parameters(refused: RefusedRequest) -> Iterator[SentParameter]:
    sent = sent_parameters(query_pairs(refused.query)) if refused.query else ()
    for number, each in enumerate(sent, start=1):
        is_cut = each.cut or (refused.is_cut and number == len(sent))
        if each.name.lower() == _LOGIN and each.value:
            yield SentParameter(each.name, HIDDEN, masked=True, cut=is_cut)
        else:
            yield replace(each, cut=is_cut)
