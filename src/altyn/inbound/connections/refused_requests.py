"""A request that the server refuses before an endpoint gets it, as far as it was read.

The function that gets them is in the state of the server's lifespan.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from altyn.inbound.connections.refusals import Refusal

REPORT: Final = "report_refused_request"
"""The name of the function in the state of the lifespan; it gets a `RefusedRequest`."""

_METHOD_AND_TARGET: Final = re.compile(rb"[\r\n]*([A-Za-z]{1,20}) +([!-~]*)")
_END_OF_PATH: Final = re.compile(rb"[?&]")


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRequest:
    """A refused request. `method` and `target`, the address, are empty where they were not read.

    `is_cut`: nothing behind the address was read, so it may be longer. `client` is the other end of
    the connection: behind a proxy, the proxy.
    """

    refusal: Refusal
    method: bytes
    target: bytes = field(repr=False)
    is_cut: bool
    headers: Sequence[tuple[bytes, bytes]] = field(repr=False)
    client: tuple[str, int] | None
    server: tuple[str, int | None] | None
    scheme: str

    @property
    def path(self) -> str:
        """The address without its parameters, whose `?` may be missing."""
        return unquote(self._parts[0].decode("latin-1"))

    @property
    def query(self) -> bytes:
        """The parameters of the address."""
        return self._parts[1] if len(self._parts) > 1 else b""

    @property
    def _parts(self) -> list[bytes]:
        return _END_OF_PATH.split(self.target, maxsplit=1)


Report = Callable[[RefusedRequest], None]


def refused_request(
    connection: HttpToolsProtocol,
    refusal: Refusal,
    *,
    head_begun: bool,
    in_request_line: bool,
    beginning: bytes,
) -> RefusedRequest:
    """The request whose head a connection refuses.

    The parser does not report an address with a wrong character: it is read from the request's
    `beginning`, which is empty where it is not at hand.
    """
    if head_begun and connection.url:
        method, target = connection.parser.get_method(), connection.url
    else:
        method, target = _method_and_target(beginning)
    headers = connection.headers if head_begun else []
    return RefusedRequest(
        refusal=refusal,
        method=method,
        target=target,
        is_cut=in_request_line and not headers,
        headers=headers,
        client=connection.client,
        server=connection.server,
        scheme=connection.scheme or "http",
    )


def _method_and_target(beginning: bytes) -> tuple[bytes, bytes]:
    """The method and the readable part of the address in the first bytes of a request."""
    found = _METHOD_AND_TARGET.match(beginning)
    return (found[1], found[2]) if found else (b"", b"")
