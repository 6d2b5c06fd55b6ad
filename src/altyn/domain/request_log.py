"""The request log: what was sent to the gateway, and what it answered, for developers of shops.

Everything in an entry is masked before the entry is made: no card number, code, password, token or
key is in it. Source: docs/architecture.md.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from altyn.domain.notes import Notes

NOT_READ: Final = "not_read"
"""The refusal of a request that the HTTP server could not read, or did not read to its end."""


class Endpoint(StrEnum):
    """Which of the gateway's interfaces a request came to."""

    REST = "REST"
    SOAP = "SOAP"
    PAYMENT_PAGE = "payment page"
    SHOP_LINK = "shop link"
    PERSONAL_ACCOUNT = "personal account"
    NOTIFICATION = "notification"
    SANDBOX = "sandbox API"
    UNKNOWN = "unknown address"


@dataclass(frozen=True, slots=True)
class SentParameter:
    """One parameter of a request, in the order of sending.

    `masked`: the value, or a part of it, is replaced by asterisks. `cut`: its end is missing.
    """

    name: str
    value: str
    masked: bool = False
    cut: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether the value is what was sent."""
        return not self.masked and not self.cut


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFacts:
    """The line of a request: what a list shows.

    `at` is the gateway's time, UTC. `login` is the user whom the request names, `shop` the merchant
    that was found. `order_number` is the number that the request names. `status` is that of HTTP; 0
    where the client left before an answer. `code` is the error code of the protocol, None where the
    answer has none. `refusal` is the name of the refusal, `rule` the broken rule, and `parameter`
    the parameter that broke it. Method, path and parameters of a request that the HTTP server has
    refused are those that it could read; its `refusal` is NOT_READ.
    """

    at: datetime
    endpoint: Endpoint
    method: str
    http_method: str
    path: str
    login: str = ""
    shop: str = ""
    merchant_id: int | None = None
    order_id: UUID | None = None
    order_number: str = ""
    ip: str = ""
    status: int = 0
    code: int | None = None
    refused: bool = False
    refusal: str = ""
    parameter: str = ""
    rule: str = ""
    took_ms: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestContent:
    """What was sent and what was answered; read when one request is looked at.

    `source` is the section of the reference about the method. `notes` are about what of the request
    has no effect. `body` is the body of a request that is no set of parameters: a SOAP
    message, JSON for the sandbox. `address` is the address of the
    gateway that the request was sent to.
    """

    parameters: tuple[SentParameter, ...] = ()
    answer: str = ""
    source: str = ""
    notes: Notes = ()
    body: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A request that is not in the log yet.

    `dropped_before`: how many requests of the same process before it were not recorded.
    """

    facts: RequestFacts
    content: RequestContent
    dropped_before: int = 0


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request of the log without its content. A later request has a larger id."""

    id: int
    facts: RequestFacts
    dropped_before: int = 0


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """A request of the log."""

    line: RequestLine
    content: RequestContent


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFilter:
    """Which requests of the log are wanted; None and empty mean any.

    `order` is an order by its id, or by the shop's number. `method` is a name without regard to
    upper and lower case. `after` and `before` are ids.
    """

    merchant_id: int | None = None
    order: str = ""
    method: str = ""
    refused_only: bool = False
    after: int | None = None
    before: int | None = None
