"""The request handler: the same steps for every request of a merchant, in every dialect.

It authenticates the caller, reads the parameters by the method's table, calls the handler of the
operation, and presents the result. REST and SOAP pass requests to it and write the answers.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, Final, Protocol
from uuid import UUID

import structlog

from altyn.domain.merchant import Caller, Merchant
from altyn.domain.operation import Operation
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused
from altyn.operations.ports import Actor, OrderKey, World
from altyn.operations.results import Result
from altyn.protocol.dialect import Dialect
from altyn.protocol.error_code import ErrorCode
from altyn.protocol.presentation import AnswerContext, ErrorAnswer, Members
from altyn.protocol.table import Fault, Method, check, drop_card_values
from altyn.protocol.types import LANGUAGES, Source

DEFAULT_LANGUAGE: Final = "ru"
log = structlog.get_logger("altyn.requests")


class ApiUser(Protocol):
    """A user of the API who gave the right credentials."""

    @property
    def merchant_id(self) -> int: ...
    @property
    def login(self) -> str: ...
    @property
    def must_change_password(self) -> bool: ...
    @property
    def blocked(self) -> bool: ...


class Credentials(Protocol):
    """Finds the user of some credentials; None when they are wrong, never an exception."""

    async def authenticate(self, user_name: str, password: str, address: str) -> ApiUser | None: ...
    async def by_token(self, token: str) -> ApiUser | None: ...


@dataclass(frozen=True, slots=True)
class Request:
    """A request, whatever it was sent as: its method, its parameters, and where it came from.

    `base_url` is the gateway's own address. `malformed` are the parameters whose text cannot be
    stored, `broken_body` the reason why the body gave no parameters.
    """

    dialect: Dialect
    method: Method
    source: Source
    ip: str = ""
    base_url: str = ""
    malformed: frozenset[str] = frozenset()
    broken_body: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A request of an authenticated caller, with its values checked.

    `merchant` owns the orders that the request concerns: the caller's own merchant, or a child of
    it that merchantLogin names. `values` are by field of the operation's command.
    """

    operation: Operation
    caller: Caller
    merchant: Merchant
    values: dict[str, Any]
    language: str
    base_url: str

    @property
    def actor(self) -> Actor:
        """The caller, for the order's history."""
        return Actor(name=self.caller.login, ip=self.caller.ip)

    @property
    def key(self) -> OrderKey | None:
        """The key of the order that the request names by its id."""
        order_id: UUID | None = self.values.get("order_id")
        return OrderKey(self.merchant.merchant_id, order_id) if order_id else None


@dataclass(frozen=True, slots=True)
class Served:
    """The operation succeeded: the members of the answer, before the envelope."""

    members: Members = field(default_factory=dict)
    language: str = DEFAULT_LANGUAGE


@dataclass(frozen=True, slots=True)
class Refusing:
    """The operation was refused: the error of the wire, and the broken rule for the developer.

    `authenticated` is False when the caller is not known: SOAP answers that with a fault.
    """

    error: ErrorCode
    refusal: Refusal
    language: str
    parameter: str = ""
    rule: str = ""
    authenticated: bool = True

    @property
    def answer(self) -> ErrorAnswer:
        """The error in the language of the request."""
        text = self.error.text(self.language, name=self.parameter)
        return ErrorAnswer(self.error.code, text, self.parameter)

    @property
    def broken_rule(self) -> str:
        """The rule with the parameter that broke it."""
        return f"{self.parameter}: {self.rule}" if self.parameter else self.rule


Handler = Callable[[Call, World], Awaitable[Result | Refused]]


class RequestHandler:
    """Authenticates requests and performs them."""

    def __init__(
        self, world: World, credentials: Credentials, handlers: Mapping[Operation, Handler]
    ) -> None:
        self._world = world
        self._credentials = credentials
        self._handlers = handlers

    async def serve(self, request: Request) -> Served | Refusing:
        """Perform a request.

        Refuses in the order of the method's own table: the caller, then the parameters, then what
        the operation refuses. Source: rest-orders.md §1.2, §2.4.
        """
        language = _language(request)
        user = await self._user(request)
        if isinstance(user, Refused):
            return self._refuse(request, user, language, authenticated=False)
        caller = await self._caller_of(request, user)
        if isinstance(caller, Refused):
            return self._refuse(request, caller, language)
        merchant = await self._merchant_for(request, caller)
        if isinstance(merchant, Refused):
            return self._refuse(request, merchant, language)
        own = _text_language(merchant.settings.default_language)
        language = language or own or DEFAULT_LANGUAGE
        checked = check(request.method, request.source, merchant, request.malformed)
        drop_card_values(request.method, request.source)
        if isinstance(checked, Fault):
            refused = Refused(checked.refusal, checked.rule, parameter=checked.parameter)
            return self._refuse(request, refused, language)
        operation = request.method.operation
        call = Call(operation, caller, merchant, checked.values, language, request.base_url)
        return await self._perform(call, request)

    async def _perform(self, call: Call, request: Request) -> Served | Refusing:
        """The operation's result in the members of the request's dialect."""
        method, language = request.method, call.language
        result = await self._handlers[call.operation](call, self._world)
        if isinstance(result, Refused):
            named = replace(result, parameter=method.name_of(result.parameter))
            return self._refuse(request, named, language)
        context = AnswerContext(call.merchant, language, call.base_url)
        return Served(method.present(result, context), language)

    async def _caller_of(self, request: Request, found: ApiUser) -> Caller | Refused:
        """The user as a caller of this method.

        Refuses: what `access_refusal` refuses, a dialect that the merchant does not have, a
        permission that is off.
        """
        merchant = await self._world.merchants.get(found.merchant_id)
        refused = access_refusal(found, merchant, request.ip)
        if refused is not None:
            return refused
        if request.dialect.name not in merchant.settings.dialects:
            return Refused(
                Refusal.ACCESS_DENIED,
                f"setting dialects does not list {request.dialect.name}",
            )
        needs = request.method.needs
        if needs is not None and not merchant.may(needs):
            return Refused(Refusal.ACCESS_DENIED, f"permission {needs} is off")
        return Caller(merchant=merchant, login=found.login, ip=request.ip)

    async def _user(self, request: Request) -> ApiUser | Refused:
        """The user of the credentials. A user name and password win over a token.

        Source: rest-orders.md §1.2.
        """
        names, source = request.dialect.caller, request.source
        name, password = source.get(names.user_name), source.get(names.password)
        token = source.get(names.token)
        if name is None and password is None and token:
            found = await self._credentials.by_token(token)
            return found or Refused(
                Refusal.ACCESS_DENIED, "the token is unknown", parameter=names.token
            )
        names_empty_credentials = Refusal.LOGIN_EMPTY in request.method.refusals
        if names_empty_credentials and name is not None and not name.strip():
            return Refused(
                Refusal.LOGIN_EMPTY, f"{names.user_name} is empty", parameter=names.user_name
            )
        if names_empty_credentials and name and not password:
            return Refused(
                Refusal.PASSWORD_EMPTY, f"{names.password} is empty", parameter=names.password
            )
        if not name or not password:
            return Refused(
                Refusal.ACCESS_DENIED,
                f"neither {names.user_name} and {names.password} nor {names.token} given",
            )
        found = await self._credentials.authenticate(name, password, request.ip)
        return found or Refused(
            Refusal.ACCESS_DENIED, f"{names.user_name} or {names.password} is wrong"
        )

    async def _merchant_for(self, request: Request, caller: Caller) -> Merchant | Refused:
        """The merchant that owns the orders (rest-orders.md §1.2, merchantLogin)."""
        login = request.source.get(request.dialect.caller.merchant_login)
        if not login or login in (caller.login, caller.merchant.login):
            return caller.merchant
        merchant = await self._world.merchants.by_login(login)
        if merchant is None:
            return Refused(Refusal.MERCHANT_LOGIN_UNKNOWN, f"no merchant {login}")
        if merchant.parent_id != caller.merchant.merchant_id or merchant.blocked:
            return Refused(Refusal.ACCESS_DENIED, f"{login} is not a child of the caller")
        needs = request.method.needs
        if needs is not None and not merchant.may(needs):
            return Refused(Refusal.ACCESS_DENIED, f"permission {needs} is off for {login}")
        return merchant

    def _refuse(
        self,
        request: Request,
        refused: Refused,
        language: str | None,
        *,
        authenticated: bool = True,
    ) -> Refusing:
        method = request.method
        text_language = language or DEFAULT_LANGUAGE
        parameter, rule = refused.parameter, refused.rule
        if request.broken_body:
            rule = f"{rule} (the body could not be read: {request.broken_body})"
        log.info(
            "refused",
            method=method.name,
            refusal=refused.refusal.value,
            parameter=parameter,
            rule=rule,
            source=method.source,
            ip=request.ip,
        )
        error = method.error(refused.refusal)
        return Refusing(error, refused.refusal, text_language, parameter, rule, authenticated)


def access_refusal(user: ApiUser, merchant: Merchant, ip: str) -> Refused | None:
    """Why an authenticated user may not call; None when the user may.

    Refuses: an address that is not on the merchant's list, a blocked user or merchant, a one-time
    password.
    """
    if not _address_allowed(ip, merchant.settings.ip_allow_list):
        return Refused(Refusal.ACCESS_DENIED, f"{ip} is not on the IP allow-list")
    if user.blocked or merchant.blocked:
        return Refused(Refusal.USER_BLOCKED, f"{user.login} is blocked")
    if user.must_change_password:
        return Refused(Refusal.PASSWORD_CHANGE_REQUIRED, "the password is for one use")
    return None


def _language(request: Request) -> str | None:
    return _text_language((request.source.get(request.dialect.caller.language) or "").lower())


def _text_language(language: str) -> str | None:
    """The language if there are texts in it; a merchant's pages may have more languages."""
    return language if language in LANGUAGES else None


def _address_allowed(ip: str, allowed: tuple[str, ...]) -> bool:
    if not allowed:
        return True
    try:
        address = ip_address(ip)
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped  # a socket of both families writes an IPv4 caller so
        return any(address in ip_network(each, strict=False) for each in allowed)
    except ValueError:
        return False
