"""The request that is being answered, as the request log will show it.

The recording opens it before an endpoint gets the request. Where an endpoint logs a call
(`call_log.py`), it adds what it found out; the recording closes it after the answer.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from datetime import datetime
from time import perf_counter
from typing import Any, Final

import msgspec

from altyn.domain.notes import Notes
from altyn.domain.order_id import merchant_of, read_order_id
from altyn.domain.request_log import (
    Endpoint,
    NewRequest,
    RequestContent,
    RequestFacts,
    SentParameter,
)
from altyn.inbound.http.bodies import Pairs
from altyn.inbound.http.forms import parse_form
from altyn.inbound.request_log.masked import (
    ANSWER_CHARS_MAX,
    NAME_CHARS_MAX,
    masked_answer,
    masked_card,
    masked_fact,
    masked_notes,
    masked_rule,
    sent_parameters,
    storable,
)
from altyn.inbound.rest.answers import Message, Scope, base_url_of, client_ip
from altyn.masking import HIDDEN
from altyn.protocol.dialect import CallerParameters
from altyn.protocol.table import Method
from altyn.protocol.types import Source, sent_values

ORDER_NAMES: Final = ("mdOrder", "MDORDER", "orderId", "MD")
ORDER_NUMBER: Final = "orderNumber"
ORDER_NUMBER_NAMES: Final = (ORDER_NUMBER, "typed_orderNumber", "order_number")
"""The names of the number at REST, at a static link that asks for it, and at the pay button."""

HTTP_ERROR: Final = 400
QUERY_BYTES_MAX: Final = 16_384
_error_code: Final = msgspec.json.Decoder(dict[str, Any]).decode


class OpenCall:
    """What is known of a request so far. The endpoints set its members.

    `table`, `source` and `caller` are those of a call that was read by the table of its method.
    """

    __slots__ = (
        "answer",
        "answer_size",
        "body",
        "caller",
        "cards",
        "code",
        "content_type",
        "endpoint",
        "ip",
        "method",
        "notes",
        "order_id",
        "parameter",
        "parameters",
        "refusal",
        "rule",
        "scope",
        "shop",
        "source",
        "started",
        "status",
        "table",
    )

    def __init__(self, scope: Scope, endpoint: Endpoint) -> None:
        self.scope = scope
        self.endpoint = endpoint
        self.started = perf_counter()
        self.ip: str | None = None
        self.method = self.shop = self.order_id = ""
        self.refusal = self.parameter = self.rule = self.body = self.content_type = ""
        self.code: int | None = None
        self.status = self.answer_size = 0
        self.answer = b""
        self.notes: Notes = ()
        self.table: Method | None = None
        self.source: Source | None = None
        self.caller = CallerParameters()
        self.cards: dict[str, str] = {}
        self.parameters: tuple[SentParameter, ...] | None = None

    def keep_parameters(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Keep parameters that no table of a method describes."""
        self.parameters = sent_parameters(pairs)

    def keep_cards(self, table: Method, source: Source) -> None:
        """Keep the masks of a card's values, before the values are overwritten."""
        for name in table.card_names:
            value = source.get(name)
            if value:
                self.cards[name] = masked_card(value)

    def take_answer(self, message: Message) -> None:
        """Keep the status and the beginning of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            for name, value in message["headers"]:
                if name == b"content-type":
                    self.content_type = value.decode("latin-1")
            return
        body = message.get("body", b"")
        self.answer_size += len(body)
        if body and len(self.answer) <= ANSWER_CHARS_MAX:
            self.answer = self.answer + body if self.answer else body

    def closed(self, at: datetime, public_url: str | None) -> NewRequest:
        """The entry of the log; `at` is the gateway's time, UTC."""
        took_ms = (perf_counter() - self.started) * 1_000
        parameters = self._sent()
        named = {each.name: each.value for each in parameters}
        order_id = read_order_id(self.order_id or self._named_order(named))
        code = self._code()
        refused = bool(code or self.refusal or self.status >= HTTP_ERROR or not self.status)
        facts = RequestFacts(
            at=at,
            endpoint=self.endpoint,
            method=masked_fact(self.method),
            http_method=self.scope["method"],
            path=self._path(),
            login=storable(named.get(self.caller.user_name, "")[:NAME_CHARS_MAX]),
            shop=self.shop,
            merchant_id=merchant_of(order_id) if order_id else None,
            order_id=order_id,
            order_number=self._order_number(named),
            ip=client_ip(self.scope) if self.ip is None else self.ip,
            status=self.status,
            code=code,
            refused=refused,
            refusal=self.refusal,
            parameter=masked_fact(self.parameter),
            rule=masked_rule(self.rule),
            took_ms=round(took_ms, 1),
        )
        content = RequestContent(
            parameters=parameters,
            answer=masked_answer(self.answer, self.content_type, self.answer_size),
            source=self.table.source if self.table else "",
            notes=masked_notes(self.notes),
            body=self.body,
            address=public_url or base_url_of(self.scope),
        )
        return NewRequest(facts, content)

    def _path(self) -> str:
        """The path; an address that a neighbour was given is a secret in its last part."""
        path: str = self.scope["path"]
        if self.table is not None:
            return path  # one of ours
        if self.endpoint is Endpoint.NOTIFICATION:
            path = f"{path.rpartition('/')[0]}/{HIDDEN}"
        return masked_fact(path)

    def _sent(self) -> tuple[SentParameter, ...]:
        """The parameters: as they were kept, by the method's table, or those of the address."""
        if self.parameters is not None:
            return self.parameters
        if self.table is not None and self.source is not None:
            return sent_parameters(self._pairs(self.source), self.table.card_names)
        query = self.scope["query_string"]
        return sent_parameters(query_pairs(query)) if query else ()

    def _pairs(self, source: Source) -> Iterator[tuple[str, str]]:
        for name in source:
            for value in source.get_all(name):
                yield name, value or self.cards.get(name, "")

    def _named_order(self, named: Mapping[str, str]) -> str:
        if self.table is not None and self.source is not None:
            sent = sent_values(self.source, self.table.order_names)
            return sent[0] if sent else ""
        return next((named[name] for name in ORDER_NAMES if name in named), "")

    def _order_number(self, named: Mapping[str, str]) -> str:
        """The number that was sent, else the one that the gateway made for the shop."""
        sent = next((named[name] for name in ORDER_NUMBER_NAMES if named.get(name)), "")
        if not sent and self.source is not None:
            sent = masked_fact(self.source.get(ORDER_NUMBER) or "")
        return storable(sent[:NAME_CHARS_MAX])

    def _code(self) -> int | None:
        """The error code: the one that the endpoint has set, else that of an answer in JSON."""
        if self.code is not None or not self.answer.startswith(b'{"'):
            return self.code
        try:
            return int(_error_code(self.answer)["errorCode"])
        except (msgspec.DecodeError, KeyError, TypeError, ValueError):
            return None


_OPEN: Final[ContextVar[OpenCall | None]] = ContextVar("open_call", default=None)
open_call: Final = _OPEN.get
"""The request that is being answered; None where it is not recorded."""
set_open_call: Final = _OPEN.set
reset_open_call: Final = _OPEN.reset


def keep_cards(table: Method, source: Source) -> None:
    """Keep the masks of a card's values for the request log; nothing for a method without cards."""
    if table.card_names and (call := _OPEN.get()):
        call.keep_cards(table, source)


def keep_parameters(pairs: Iterable[tuple[str, str]]) -> None:
    """Keep parameters for the request log that no table of a method describes."""
    if call := _OPEN.get():
        call.keep_parameters(pairs)


def query_pairs(query: bytes) -> Pairs:
    """The parameters of an address; of a very long one, those of its beginning."""
    return parse_form(query[:QUERY_BYTES_MAX])
