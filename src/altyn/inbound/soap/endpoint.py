"""The SOAP endpoint: a bare ASGI callable at the one address of the MerchantService.

POST is an operation, GET with `?wsdl` the description of the service. The request handler is the
same as for REST; a message whose caller is not known is answered with a fault.
Source: soap.md §1 (endpoint, faults), §1.2 (credentials), §2 (business errors are answers).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from time import perf_counter
from typing import Final
from urllib.parse import parse_qsl
from xml.etree.ElementTree import Element

import structlog

from altyn.domain.clearing import clear_unshared, forget_frames
from altyn.domain.credentials import FailedLogin
from altyn.domain.language import text_language
from altyn.inbound.call_log import (
    answered_code,
    call_facts,
    delayed_login,
    duration,
    failed_login_facts,
    level_of,
    log_answer,
    log_path,
    record_failure,
    record_fault,
)
from altyn.inbound.http.bodies import Unreadable
from altyn.inbound.http.incomplete import CLOSE, log_body_too_slow, log_client_left
from altyn.inbound.http.request_reader import (
    BodyTooLarge,
    BodyTooSlow,
    ContentType,
    Disconnected,
    Limits,
    TooManyBodies,
    content_headers,
    read_body,
    refuse_compressed,
)
from altyn.inbound.metrics import count_fault, count_request
from altyn.inbound.request_handler import Refusing, Request, RequestHandler, Served
from altyn.inbound.request_log.bodies import keep_envelope
from altyn.inbound.rest.answers import (
    NO_STORE,
    RETRY,
    Header,
    Receive,
    Scope,
    Send,
    base_url_of,
    client_ip,
    rule_header,
    send_answer,
)
from altyn.inbound.soap.envelope import Message, open_envelope, unknown_operation
from altyn.inbound.soap.faults import (
    BODY_TOO_LARGE,
    BODY_TOO_SLOW,
    FAILED,
    FAILED_AUTHENTICATION,
    OVERLOADED,
    MessageRefusedError,
    SoapFault,
    write_fault,
    wrong_message,
)
from altyn.inbound.soap.parser import clear_document, parse_xml
from altyn.inbound.soap.security import SECURITY, SignedSource, read_token
from altyn.operations.ports import Overloaded
from altyn.protocol.dialects.classic.dialect import CLASSIC
from altyn.protocol.dialects.classic.error_codes import SYSTEM_ERROR
from altyn.protocol.dialects.classic.soap.answer_writer import write_answer
from altyn.protocol.dialects.classic.soap.names import MESSAGE_NAMESPACES, PORT_TYPE_DOCUMENT
from altyn.protocol.dialects.classic.soap.operations import OPERATIONS, SoapOperation
from altyn.protocol.dialects.classic.soap.own_methods import CHECK_AUTHENTICATE
from altyn.protocol.dialects.classic.soap.request_reader import read_request
from altyn.protocol.dialects.classic.soap.wsdl import port_type_wsdl, service_wsdl
from altyn.protocol.table import Method
from altyn.protocol.types import Source, first_sent

PATH: Final = "/payment/webservices/merchant-ws"
XML: Final = (b"content-type", b"text/xml; charset=UTF-8")
PLAIN: Final = (b"content-type", b"text/plain; charset=UTF-8")
ALLOW: Final = (b"allow", b"GET, HEAD, POST")
BUSY: Final = 503
WELCOME: Final = """Altyn: SOAP interface of the payment gateway (MerchantService, SOAP 1.1).

Description (WSDL): {address}?wsdl
Requests:           POST {address}, text/xml, with a WS-Security UsernameToken
"""
log = structlog.get_logger("altyn.soap")


@dataclass(frozen=True, slots=True)
class _SoapRequest:
    """A message that was read: its operation, and the request for the request handler.

    `body` holds the parameters of the body alone, without the credentials of the header.
    """

    operation: SoapOperation
    namespace: str
    request: Request
    body: Source


@dataclass(frozen=True, slots=True)
class _Page:
    """An answer to a GET at the service's address."""

    status: int
    body: bytes
    headers: tuple[Header, ...]


class SoapEndpoint:
    """Serves the operations of the SOAP table.

    `show_rules` shows a developer who uses the sandbox which rule was broken: in the header
    `X-Altyn-Rule`, and in the detail of a fault.
    """

    def __init__(
        self,
        handler: RequestHandler,
        *,
        limits: Limits,
        public_url: str | None,
        show_rules: bool,
    ) -> None:
        self._handler = handler
        self._limits = limits
        self._public_url = public_url
        self._show_rules = show_rules

    def serves(self, path: str) -> bool:
        """Whether this is the service's address. Clients differ in the case of letters."""
        return path.lower().rstrip("/") == PATH

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] == "POST":
            await self._serve(scope, receive, send)
            return
        page = self._page(scope)
        if page.status == HTTPStatus.METHOD_NOT_ALLOWED:
            log_path(PATH, code=page.status, rule="http method")
        body = b"" if scope["method"] == "HEAD" else page.body
        length: Header = (b"content-length", str(len(page.body)).encode())
        headers = [*page.headers, length]
        await send({"type": "http.response.start", "status": page.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def refuse(self, send: Send, fault: SoapFault) -> None:
        """Answer without reading: a fault of the server, so clients try again."""
        await self._send_fault(send, fault)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = perf_counter()
        try:
            message = await self._read(scope, receive)
            await self._answer(message, send, started)
        except Disconnected:
            log_client_left(scope)
        except BodyTooSlow:
            log_body_too_slow(scope)
            await self._send_fault(send, BODY_TOO_SLOW, ip=client_ip(scope), started=started)
        except MessageRefusedError as refusal:
            await self._send_fault(send, refusal.fault, ip=client_ip(scope), started=started)
        except BodyTooLarge:
            await self._send_fault(send, BODY_TOO_LARGE, ip=client_ip(scope), started=started)
        except (Overloaded, TooManyBodies) as busy:
            ip, failed = client_ip(scope), delayed_login(busy)
            await self._send_fault(send, OVERLOADED, ip=ip, started=started, failed=failed)
        except Exception:
            log.exception("failed")
            await self._write_fault(send, FAILED)

    async def _read(self, scope: Scope, receive: Receive) -> _SoapRequest:
        """Read a message.

        Refuses (MessageRefusedError): a body that is not XML, a wrong envelope, an operation that
        does not exist or is not served, a header without credentials.
        """
        headers = content_headers(scope)
        body = await read_body(headers, receive, self._limits)
        content_type = ContentType.of(headers.get(b"content-type", b""))
        try:
            return self._read_document(body, content_type, headers, scope)
        finally:
            clear_unshared(body)

    def _read_document(
        self, body: bytes, content_type: ContentType, headers: Mapping[bytes, bytes], scope: Scope
    ) -> _SoapRequest:
        root: Element | None = None
        try:
            _refuse_encoded(content_type.kind, headers.get(b"content-encoding", b""))
            root = parse_xml(body, content_type.charset)
            return self._request_of(root, body, scope)
        except MessageRefusedError as refused:
            forget_frames(refused)
            if root is not None:
                clear_document(root)
            raise

    def _request_of(self, root: Element, body: bytes, scope: Scope) -> _SoapRequest:
        """The operation that a document asks for. Refuses (MessageRefusedError) as `_read`."""
        message = open_envelope(root, understood=(SECURITY,))
        operation, method = _operation(message)
        keep_envelope(body, with_card=bool(method.card_names))
        token = read_token(message.headers)
        parameters = read_request(operation, message.wrapper)
        request = Request(
            dialect=CLASSIC,
            method=method,
            source=SignedSource(parameters, token),
            ip=client_ip(scope),
            base_url=self._base_url(scope),
            unread=parameters.unread,
        )
        return _SoapRequest(operation, message.namespace, request, parameters)

    async def _answer(self, message: _SoapRequest, send: Send, started: float) -> None:
        """Perform the operation, send its answer with headers for the developer, and log it."""
        request, method = message.request, message.request.method
        try:
            answer = await self._served(message)
        except Overloaded:
            raise
        except Exception:
            record_failure(request, SYSTEM_ERROR.code)
            log.exception("failed", code=SYSTEM_ERROR.code, **call_facts(request, started))
            count_request(method.name, SYSTEM_ERROR.code)
            await send_answer(send, 200, _failure(message), (XML, NO_STORE))
            return
        count_request(method.name, answered_code(answer))
        if isinstance(answer, Refusing) and not answer.authenticated:
            await self._write_fault(send, _authentication_fault(answer))
        else:
            headers = (XML, NO_STORE, *self._rule(answer.explanation))
            await send_answer(send, 200, _body(message, answer), headers)
        log_answer(request, answer, started)

    async def _served(self, message: _SoapRequest) -> Served | Refusing:
        answer = await self._handler.serve(message.request)
        if message.request.method is not CHECK_AUTHENTICATE or isinstance(answer, Refusing):
            return answer
        # The header authenticates the caller, the body names the account to check; a wrong password
        # there is a result, not a fault.
        checked = await self._handler.serve(replace(message.request, source=message.body))
        return replace(checked, authenticated=True) if isinstance(checked, Refusing) else checked

    async def _send_fault(
        self,
        send: Send,
        fault: SoapFault,
        *,
        ip: str = "",
        started: float | None = None,
        failed: FailedLogin | None = None,
    ) -> None:
        line = {"code": fault.code.value, "text": fault.text, "rule": fault.rule, "ip": ip}
        facts = {**failed_login_facts(failed), **duration(started)}
        log.log(level_of(failed), "soap_fault", **line, **facts)
        await self._write_fault(send, fault)

    async def _write_fault(self, send: Send, fault: SoapFault) -> None:
        count_fault(fault.code.value)
        record_fault(fault.code.value, fault.rule or fault.text)
        retry = (RETRY,) if fault.status == BUSY else ()
        close = (CLOSE,) if fault is BODY_TOO_SLOW else ()
        headers = (XML, NO_STORE, *retry, *close, *self._rule(fault.rule))
        body = write_fault(fault, show_rule=self._show_rules)
        await send_answer(send, fault.status, body, headers)

    def _rule(self, rule: str) -> tuple[Header, ...]:
        return (rule_header(rule),) if self._show_rules and rule else ()

    def _page(self, scope: Scope) -> _Page:
        """The WSDL, the document that it imports, or a text that describes the address."""
        address = f"{self._base_url(scope)}{PATH}"
        if scope["method"] not in {"GET", "HEAD"}:
            return _Page(
                HTTPStatus.METHOD_NOT_ALLOWED, b"This address takes GET and POST.\n", (PLAIN, ALLOW)
            )
        name = _wsdl_wanted(scope["query_string"])
        if name is None:
            return _Page(200, WELCOME.format(address=address).encode(), (PLAIN, NO_STORE))
        document = _DOCUMENTS.get(name.lower())
        if document is None:
            text = f"There is no such document: the WSDL is at {address}?wsdl\n"
            return _Page(404, text.encode(), (PLAIN, NO_STORE))
        return _Page(200, document(address), (XML, NO_STORE))

    def _base_url(self, scope: Scope) -> str:
        return self._public_url or base_url_of(scope)


def _authentication_fault(answer: Refusing) -> SoapFault:
    """The fault for wrong credentials; its rule says which login to use, where that is known."""
    hint = answer.rule.partition(": ")[2]
    rule = FAILED_AUTHENTICATION.rule
    return replace(FAILED_AUTHENTICATION, rule=f"{rule}: {hint}" if hint else rule)


def _body(message: _SoapRequest, answer: Served | Refusing) -> bytes:
    """The answer's envelope: the members of a result, or the code and text of an error."""
    members = answer.members if isinstance(answer, Served) else {}
    error = (answer.error.code, answer.answer.text) if isinstance(answer, Refusing) else None
    return write_answer(message.operation, message.namespace, members, answer.language, error)


def _failure(message: _SoapRequest) -> bytes:
    """The answer to a request that a defect or an outage of the gateway ended."""
    language = text_language(first_sent(message.request.source, "language"))
    error = (SYSTEM_ERROR.code, SYSTEM_ERROR.text(language))
    return write_answer(message.operation, message.namespace, {}, language, error)


def _refuse_encoded(kind: str, content_encoding: bytes) -> None:
    """Refuse attachments and compressed bodies; other Content-Types are ignored."""
    if kind.startswith("multipart/"):
        raise wrong_message(
            "Attachments (MTOM, multipart/related) are not read: send the envelope as text/xml"
        )
    try:
        refuse_compressed(content_encoding)
    except Unreadable:
        raise wrong_message(
            "Compressed bodies are not read: send the envelope without Content-Encoding"
        ) from None


def _operation(message: Message) -> tuple[SoapOperation, Method]:
    """The operation of the message, and its method."""
    operation = OPERATIONS.get(message.name)
    if operation is None:
        raise unknown_operation(message.name, OPERATIONS)
    if operation.method is None:
        raise wrong_message(f"{operation.name} is not served: {operation.why_not}")
    return operation, operation.method


def _wsdl_wanted(query: bytes) -> str | None:
    """The document that `?wsdl` or `?wsdl=…` asks for; None without `?wsdl`."""
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    return next((value for name, value in pairs if name.lower() == "wsdl"), None)


_DOCUMENTS: Final[dict[str, Callable[[str], bytes]]] = {
    "": lambda address: service_wsdl(address, MESSAGE_NAMESPACES[0]),
    PORT_TYPE_DOCUMENT.lower(): lambda _: port_type_wsdl(MESSAGE_NAMESPACES[0]),
}
