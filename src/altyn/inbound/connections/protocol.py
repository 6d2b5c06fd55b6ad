"""uvicorn's HTTP/1.1 connection with bounds: on headers, on time, and on the number of connections.

uvicorn leaves these to a proxy in front. The bounds are checked while bytes arrive, so that a
client cannot make the gateway keep more than they allow.
Source: docs/architecture.md (limits).
"""

import asyncio
from typing import Any, Final

import httptools
import structlog
from prometheus_client import Counter
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from altyn.domain.clearing import clear
from altyn.inbound.connections.bounds import Excess
from altyn.inbound.connections.refusals import (
    BODY_OVERHEAD,
    HEAD_TOO_LARGE,
    HEAD_TOO_SLOW,
    NO_TUNNEL,
    NO_WEBSOCKET,
    TOO_MANY_CONNECTIONS,
    TOO_MANY_PIPELINED,
    Refusal,
    RefusedError,
    unreadable,
)
from altyn.inbound.connections.refused_requests import (
    REPORT,
    RefusedRequest,
    Report,
    refused_request,
)
from altyn.inbound.connections.rewriting import encode_request_line, head_without_upgrade
from altyn.inbound.connections.server_config import ServerConfig
from altyn.inbound.connections.throttled_log import ThrottledLog
from altyn.request_body import ClearedBuffer

PIECE_BYTES: Final = 65_536
"""Larger reads are parsed in pieces of this size, with the bounds checked in between."""

LINGER_SECONDS: Final = 2.0
"""How long a refused client may read the answer before the connection is cut."""

LAST_REQUEST_SECONDS: Final = 0.5
"""How long a connection without a request stays open at shutdown: a request may be on its way."""

OVERHEAD_BYTES: Final = 65_536
OVERHEAD_RATIO: Final = 8

REFUSED: Final = Counter(
    "altyn_refused_connections", "Connections refused by a bound, or HTTP not read.", ["reason"]
)
log = structlog.get_logger("altyn.connections")
_throttled_log: Final = ThrottledLog(log)


class BoundedProtocol(HttpToolsProtocol):
    """One connection. The class calls `uvicorn`'s methods for everything but the bounds."""

    def __init__(
        self,
        config: ServerConfig,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        state = {**app_state}  # requests get a copy of it
        self._report: Report | None = state.pop(REPORT, None)
        super().__init__(config, server_state, state, _loop)
        self._bounds = config.bounds
        self._open_connections = config.open_connections
        self._address = ""
        self._counted = False
        self._refused = False
        self._shutting_down = False
        # A request is awaited, or its head is incomplete: request line and headers.
        self._awaits_head = True
        self._head_begun = False
        self._in_request_line = True
        self._upgrade_offered = False
        self._head_received = 0
        # Bytes since the headers were complete, and those of them that are the body itself.
        self._received = 0
        self._body_received = 0
        self._deadline: asyncio.TimerHandle | None = None
        self._write_deadline: asyncio.TimerHandle | None = None
        self._end: asyncio.TimerHandle | None = None

    # ── Opening and closing ───────────────────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count the connection, and wait for its first request."""
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        excess = self._open_connections.admit(self._address)
        if excess is None:
            self._counted = True
            self._wait_idle()
            return
        _throttled_log("connection_refused", reason=excess, ip=self._address)
        REFUSED.labels(excess).inc()
        self._refused = True
        if excess is Excess.PER_ADDRESS:
            transport.write(TOO_MANY_CONNECTIONS.answer)
        transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection, and cancel what waits for it."""
        if self._counted:
            self._counted = False
            self._open_connections.release(self._address)
        self._unset_keepalive_if_required()
        for timer in (self._deadline, self._write_deadline, self._end):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """End the connection after the request in progress, or after one that is on its way."""
        self._shutting_down = True
        if self._in_progress:
            super().shutdown()
        else:
            self.loop.call_later(LAST_REQUEST_SECONDS, self._close_if_idle)

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection that has sent nothing for too long."""
        self._close()

    @property
    def _in_progress(self) -> bool:
        """Whether a request is being answered."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _close_if_idle(self) -> None:
        if not self._in_progress:
            self._close()

    def _close(self) -> None:
        """Close the connection, even when the client does not read its last answer."""
        if not self.transport.is_closing():
            self.transport.close()
            self._cut_after(self._bounds.write_seconds)

    def _cut_after(self, seconds: float) -> None:
        if self._end is None:
            self._end = self.loop.call_later(seconds, self.transport.abort)

    # ── Reading ───────────────────────────────────────────────────────────────────────────────────

    def data_received(self, data: bytes) -> None:
        """Parse what has arrived."""
        self._unset_keepalive_if_required()
        if len(data) <= PIECE_BYTES:
            self._feed(data)
            return
        for start in range(0, len(data), PIECE_BYTES):
            piece = data[start : start + PIECE_BYTES]
            self._feed(piece)
            clear(piece)

    def _feed(self, piece: bytes) -> None:
        if self._refused:
            return  # the client has its answer; what it still sends is not kept
        if self._awaits_head and self._in_request_line and not piece.isascii():
            encoded = encode_request_line(piece)
            self._feed_ascii(encoded)
            if encoded is not piece:
                clear(encoded)  # of its own
        else:
            self._feed_ascii(piece)

    def _feed_ascii(self, piece: bytes) -> None:
        """Count and parse bytes whose request line is ASCII."""
        if self._awaits_head:
            self._head_received += len(piece)
        else:
            self._received += len(piece)
        try:
            self._parse(piece)
        except httptools.HttpParserError as error:
            self._refuse(_refusal_of(error), piece)
            return
        if self._awaits_head or not self._in_progress:
            self._check_unfinished(piece)
        elif self._received > OVERHEAD_BYTES and self._overhead_excessive:
            self._refuse(BODY_OVERHEAD)

    def _parse(self, piece: bytes) -> None:
        """Feed the parser. Raises HttpParserError.

        A request that offers another protocol (`h2c`) is read again without the offer: the parser
        expects that protocol behind the head, where HTTP/1.1 has the body.
        """
        rest = self._parse_to_offer(piece)
        while rest is not None:
            again = rest
            try:
                rest = self._parse_to_offer(again)
            finally:
                clear(again)  # of its own: it may hold a card

    def _parse_to_offer(self, piece: bytes) -> bytes | None:
        """Feed the parser. What is to be parsed after an offer of another protocol: the head
        without the offer, and the rest of the piece; None where there is no offer."""
        try:
            self.parser.feed_data(piece)
        except httptools.HttpParserUpgrade as upgrade:
            head = head_without_upgrade(self.parser.get_method(), self.url, self.headers)
            self._upgrade_offered = False
            self.parser = httptools.HttpRequestParser(self)
            self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
            return b"".join((head, memoryview(piece)[upgrade.args[0] :]))
        return None

    def _check_unfinished(self, piece: bytes) -> None:
        """Bound the time and the size of a head that is incomplete, or of an unread body."""
        if not self._awaits_head:
            if self._overhead_excessive:
                self._refuse(BODY_OVERHEAD)
            else:
                self._set_deadline()
        elif self._head_begun or self._head_received:
            if self._head_begun and self.url and b"\n" in piece:
                self._in_request_line = False
            too_many = self._head_begun and len(self.headers) > self._bounds.head_lines
            if too_many or self._head_received > self._bounds.head_bytes:
                self._refuse(HEAD_TOO_LARGE)
            else:
                self._set_deadline()
        elif not self._in_progress:
            self._wait_idle()

    @property
    def _overhead_excessive(self) -> bool:
        """Whether chunk heads, extensions and trailers are far more than the body itself."""
        overhead = self._received - self._body_received
        return overhead > OVERHEAD_BYTES + OVERHEAD_RATIO * self._body_received

    # ── What the parser finds ─────────────────────────────────────────────────────────────────────

    def on_message_begin(self) -> None:
        """A request begins."""
        self._head_begun = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is complete. Raises RefusedError: it is too large, or not served here."""
        self._refuse_large_head()
        if self.parser.should_upgrade():
            self._refuse_upgrade()
            self._upgrade_offered = True
            return
        if len(self.pipeline) > self._bounds.pipelined:
            raise RefusedError(TOO_MANY_PIPELINED)
        super().on_headers_complete()
        self._awaits_head = self._head_begun = False
        self._received = self._body_received = self._head_received = 0
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        self.headers = []  # trailers of the body do not become headers of the request
        if self._shutting_down:
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        """A part of the body; the buffer of uvicorn that keeps it until it is read is cleared."""
        self._body_received += len(body)
        if not self.cycle.body:
            self.cycle.body = ClearedBuffer()
        super().on_body(body)
        clear(body)  # uvicorn has copied it

    def on_message_complete(self) -> None:
        """The request is complete, and the next one may follow."""
        if self._upgrade_offered:
            return
        self._awaits_head = self._in_request_line = True
        self._head_received = 0
        super().on_message_complete()

    def _refuse_large_head(self) -> None:
        bounds = self._bounds
        if len(self.headers) > bounds.head_lines:
            raise RefusedError(HEAD_TOO_LARGE)
        # A head in one read of less than the bound cannot be above it.
        if self._head_received > bounds.head_bytes:
            lines = sum(len(name) + len(value) + 4 for name, value in self.headers)
            if lines + len(self.url) > bounds.head_bytes:
                raise RefusedError(HEAD_TOO_LARGE)

    def _refuse_upgrade(self) -> None:
        """Raise RefusedError for WebSocket and CONNECT. Other upgrades are ignored, as HTTP says:
        HTTP clients of Java offer `h2c` with their first request."""
        if self.parser.get_method() == b"CONNECT":
            raise RefusedError(NO_TUNNEL)
        if self._get_upgrade() == b"websocket":
            raise RefusedError(NO_WEBSOCKET)

    # ── Answering ─────────────────────────────────────────────────────────────────────────────────

    def on_response_complete(self) -> None:
        """The answer has been written. A body that was not read for it is dropped."""
        if self.cycle.response_complete and self.cycle.body:
            self.cycle.body = bytearray()
        super().on_response_complete()
        if self.transport.is_closing():
            self._cut_after(self._bounds.write_seconds)
        elif not self._awaits_head:
            self._set_deadline()  # the rest of the body is discarded

    def pause_writing(self) -> None:
        """The client reads more slowly than it is answered."""
        super().pause_writing()
        if self._write_deadline is None:
            self._write_deadline = self.loop.call_later(
                self._bounds.write_seconds, self.transport.abort
            )

    def resume_writing(self) -> None:
        """The client has read on."""
        super().resume_writing()
        if self._write_deadline is not None:
            self._write_deadline.cancel()
            self._write_deadline = None

    def _refuse(self, refusal: Refusal, piece: bytes = b"") -> None:
        """Answer and close; behind a request in progress, close when that is answered.

        `piece` is what the parser could not read.
        """
        status = int(refusal.status)
        REFUSED.labels(str(status)).inc()
        write_log = log.debug if refusal is NO_WEBSOCKET else _throttled_log
        write_log("request_refused", status=status, rule=refusal.text, ip=self._address)
        self._refused = True
        cycle = self.cycle
        if self._in_progress and not cycle.more_body:
            cycle.keep_alive = False  # the requests before this one are answered
            return
        started = self._in_progress and cycle.response_started
        if self._in_progress:  # its body will never be complete
            cycle.disconnected = True
            cycle.message_event.set()
        if not started:
            self.transport.write(refusal.answer)
            if self._awaits_head and self._report is not None:
                self._report(self._refused_request(refusal, piece))
        if self.transport.can_write_eof():
            self.transport.write_eof()  # the answer is not lost while the client still sends
        self._cut_after(LINGER_SECONDS)

    def _refused_request(self, refusal: Refusal, piece: bytes) -> RefusedRequest:
        """The request in whose head `piece` could not be read."""
        return refused_request(
            self,
            refusal,
            head_begun=self._head_begun,
            in_request_line=self._in_request_line,
            beginning=piece if self._head_received == len(piece) else b"",
        )

    # ── Time ──────────────────────────────────────────────────────────────────────────────────────

    def _wait_idle(self) -> None:
        """Wait for the first byte of a request."""
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        if self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_later(
                self._bounds.idle_seconds, self.timeout_keep_alive_handler
            )

    def _set_deadline(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self._bounds.head_seconds, self._end_unfinished)

    def _end_unfinished(self) -> None:
        """The time for a head, or for the rest of an unread body, is over."""
        self._deadline = None
        if self.transport.is_closing() or self._refused:
            return
        if self._awaits_head:
            self._refuse(HEAD_TOO_SLOW)
        else:
            self._close()


def _refusal_of(error: httptools.HttpParserError) -> Refusal:
    """The refusal that stopped the parser, else what the parser could not read."""
    finding = error.__context__
    if isinstance(finding, RefusedError):
        return finding.refusal
    return unreadable(str(error) if finding is None else "its address cannot be read")
