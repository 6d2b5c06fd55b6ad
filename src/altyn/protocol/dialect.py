"""A dialect: one form of the gateway's API, as one value made of tables.

The endpoints find the dialect and the method of a request by its path. The request handler reads
the request by the method's table and presents the result by the method's function. A further
dialect is therefore a further value, and needs no change of the gateway's code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from typing import Final

from altyn.protocol.error_code import ErrorCode
from altyn.protocol.presentation import Envelope, Members
from altyn.protocol.table import Method


class BodyKind(Enum):
    """Where the parameters of a request may be."""

    QUERY = "query"
    FORM = "form"
    JSON = "json"
    MULTIPART = "multipart"


EVERY_BODY_KIND: Final = frozenset(BodyKind)


class TransportFault(Enum):
    """Why a request is not read at all; `status` is the HTTP status of the answer."""

    METHOD = "method"
    CARD_BY_GET = "card by GET"
    CARD_IN_ADDRESS = "card in the address"
    BY_POST = "by POST only"
    BODY_TOO_SLOW = "body too slow"
    BODY_TOO_LARGE = "body too large"
    BODY_KIND = "body kind"
    OVERLOADED = "overloaded"
    OUTDATED = "older than its database"

    @property
    def status(self) -> int:
        return int(_STATUSES[self])


_STATUSES: Final = {
    TransportFault.METHOD: HTTPStatus.METHOD_NOT_ALLOWED,
    TransportFault.CARD_BY_GET: HTTPStatus.METHOD_NOT_ALLOWED,
    TransportFault.CARD_IN_ADDRESS: HTTPStatus.BAD_REQUEST,
    TransportFault.BY_POST: HTTPStatus.METHOD_NOT_ALLOWED,
    TransportFault.BODY_TOO_SLOW: HTTPStatus.REQUEST_TIMEOUT,
    TransportFault.BODY_TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TransportFault.BODY_KIND: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    TransportFault.OVERLOADED: HTTPStatus.TOO_MANY_REQUESTS,
    TransportFault.OUTDATED: HTTPStatus.SERVICE_UNAVAILABLE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerParameters:
    """The names of the parameters that say who calls, for whom, and in which language."""

    user_name: str = "userName"
    password: str = "password"  # noqa: S105 - the name of a parameter
    token: str = "token"  # noqa: S105 - the name of a parameter
    merchant_login: str = "merchantLogin"
    language: str = "language"
    names: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Collect the names: every request looks them up."""
        names = (self.user_name, self.password, self.token, self.merchant_login, self.language)
        object.__setattr__(self, "names", frozenset(names))


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLimits:
    """How much a request may hold: `fields` in all, and levels of JSON, the outermost one first."""

    fields: int = 1_000
    depth: int = 20


@dataclass(frozen=True, slots=True)
class UnservedMethod:
    """A known method that is not served: its name, its whole path, and the refusal that says so."""

    name: str
    path: str
    error: ErrorCode
    envelope: Envelope


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One dialect.

    `name` is what the merchant setting `dialects` lists. The methods are served under `prefix`, by
    the paths of their tables; a path that begins with a slash has a folder of its own. `bodies` are
    the kinds of body that are read, `transport_faults` the members of the answer to a request that
    is not read. `unserved` are known methods without a table; their paths may be outside of
    `prefix`.
    """

    name: str
    prefix: str
    methods: tuple[Method, ...]
    transport_faults: Mapping[TransportFault, Members]
    caller: CallerParameters = CallerParameters()
    bodies: frozenset[BodyKind] = EVERY_BODY_KIND
    limits: RequestLimits = RequestLimits()
    unserved: tuple[UnservedMethod, ...] = ()

    def __post_init__(self) -> None:
        """Check that every fault that can happen has an answer."""
        possible = set(TransportFault)
        if self.bodies == EVERY_BODY_KIND:
            possible.remove(TransportFault.BODY_KIND)
        assert possible <= self.transport_faults.keys(), "a transport fault has no answer"

    @property
    def paths(self) -> Mapping[str, Method]:
        """The methods by their whole path."""
        return {self.address(path): method for method in self.methods for path in method.rest}

    def address(self, path: str) -> str:
        """The whole path of a method's path; one that begins with a slash is whole already."""
        return path if path.startswith("/") else f"{self.prefix}{path}"

    def folder_of(self, path: str) -> str:
        """The part of a whole path that is not the method's own name."""
        return self.prefix if path.startswith(self.prefix) else f"{path.rpartition('/')[0]}/"

    @property
    def folders(self) -> frozenset[str]:
        """The folders that this dialect's methods are served in."""
        return frozenset((self.prefix, *map(self.folder_of, self.paths)))
