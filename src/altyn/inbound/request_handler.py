"""The request handler: the same steps for every request of a merchant, in every dialect.

It authenticates the caller, reads the parameters by the method's table, calls the handler of the
operation, and presents the result. REST and SOAP pass requests to it and write the answers.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, Final, Protocol
from uuid import UUID

from altyn.domain.cart.faults import CartFault
from altyn.domain.credentials import FailedLogin
from altyn.domain.language import DEFAULT_LANGUAGE, text_language
from altyn.domain.merchant import Caller, Merchant
from altyn.domain.notes import Note, Notes
from altyn.domain.operation import Operation
from altyn.domain.refusals import Refusal
from altyn.inbound.child_rule import refuse_owner
from altyn.inbound.request_log.open_call import keep_cards
from altyn.inbound.wrong_login import wrong_login_hint
from altyn.operations.decisions import Refused
from altyn.operations.ports import Actor, OrderKey, World
from altyn.operations.results import Result, notes_of, registered_order
from altyn.protocol.dialect import Dialect
from altyn.protocol.error_code import ErrorCode
from altyn.protocol.presentation import AnswerContext, ErrorAnswer, Members
from altyn.protocol.repeated_values import notes_of_repeated
from altyn.protocol.table import Fault, Method, check, drop_card_values
from altyn.protocol.types import Source, first_sent
from altyn.protocol.unknown_names import notes_of_unknown, unknown_names


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
    def failed_login(self, user_name: str, address: str) -> FailedLogin: ...
    async def by_token(self, token: str) -> ApiUser | None: ...


@dataclass(frozen=True, slots=True)
class Request:
    """A request, whatever it was sent as: its method, its parameters, and where it came from.

    `base_url` is the gateway's own address. `malformed` are the parameters whose text cannot be
    stored, `broken_body` the reason why the body gave no parameters. `unread` are names that the
    endpoint has found and that no parameter has. `remarks` are about how the request was sent.
    """

    dialect: Dialect
    method: Method
    source: Source
    ip: str = ""
    base_url: str = ""
    malformed: frozenset[str] = frozenset()
    broken_body: str | None = None
    unread: tuple[str, ...] = ()
    remarks: Notes = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A request of an authenticated caller, with its values checked.

    `merchant` owns the orders that the request concerns: the caller's own merchant, or a child of
    it that merchantLogin names. `values` are by field of the operation's command, `notes` are about
    what of the request has no effect; `name_of` gives the wire's name of a field.
    """

    operation: Operation
    caller: Caller
    merchant: Merchant
    values: dict[str, Any]
    language: str
    base_url: str
    notes: Notes = ()
    name_of: Callable[[str], str] = str

    def named(self, notes: Notes) -> Notes:
        """Notes of the operation, with the names of the wire in place of those of fields."""
        return tuple(replace(note, parameter=self.name_of(note.parameter)) for note in notes)

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
    """The operation succeeded: the members of the answer, before the envelope.

    `notes` are about what of the request has no effect; `shop` and `order` are for the log.
    """

    members: Members = field(default_factory=dict)
    language: str = DEFAULT_LANGUAGE
    notes: Notes = ()
    shop: str = ""
    order: str = ""

    @property
    def explanation(self) -> str:
        """The notes, for the developer; empty where everything has its effect."""
        return "; ".join(map(str, self.notes))


@dataclass(frozen=True, slots=True)
class Refusing:
    """The operation was refused: the error of the wire, and the broken rule for the developer.

    `authenticated` is False when the caller is not known: SOAP answers that with a fault.
    `failed_login` is there for a wrong password. `notes`, `shop` and `order` are as in `Served`.
    `faults` are all faults of a refused cart; they are shown to the shops that have switched
    `shows_faults` on.
    """

    error: ErrorCode
    refusal: Refusal
    language: str
    parameter: str = ""
    rule: str = ""
    authenticated: bool = True
    failed_login: FailedLogin | None = None
    notes: Notes = ()
    shop: str = ""
    order: str = ""
    faults: tuple[CartFault, ...] = ()
    shows_faults: bool = False
    until: datetime | None = None

    @property
    def answer(self) -> ErrorAnswer:
        """The error in the language of the request."""
        text = self.error.text(self.language, name=self.parameter, until=self.until)
        shown = self.faults if self.shows_faults else ()
        return ErrorAnswer(self.error.code, text, self.parameter, shown)

    @property
    def explanation(self) -> str:
        """The rule with the parameter that broke it, then the notes, for the developer."""
        broken = f"{self.parameter}: {self.rule}" if self.parameter else self.rule
        return "; ".join((broken, *map(str, self.notes)))


BROKEN_ENCODING: Final = Note(
    "charset", "bytes that are no UTF-8 were replaced by U+FFFD; send UTF-8, or name the charset"
)
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
        requested = _language(request)
        user = await self._user(request)
        if isinstance(user, Refused):
            return self._refuse(request, user, requested, authenticated=False)
        own = await self._world.merchants.get(user.merchant_id)
        language = text_language(requested, own.settings.default_language)
        caller = self._caller_of(request, user, own)
        if isinstance(caller, Refused):
            return self._refuse(request, caller, language, shop=own)
        merchant = await self._merchant_for(request, caller)
        if isinstance(merchant, Refused):
            return self._refuse(request, merchant, language, shop=own)
        defaults = (merchant.settings.default_language, own.settings.default_language)
        language = text_language(requested, *defaults)
        method = request.method
        checked = check(method, request.source, merchant, request.malformed)
        notes = (*checked.notes, *_notes_of(request))
        keep_cards(method, request.source)
        drop_card_values(method, request.source)
        if isinstance(checked, Fault):
            refused = Refused(checked.refusal, checked.rule, parameter=checked.parameter)
            return self._refuse(request, refused, language, shop=merchant, notes=notes)
        call = Call(
            operation=method.operation,
            caller=caller,
            merchant=merchant,
            values=checked.values,
            language=language,
            base_url=request.base_url,
            notes=notes,
            name_of=method.name_of,
        )
        return await self._perform(call, request)

    async def _perform(self, call: Call, request: Request) -> Served | Refusing:
        """The operation's result in the members of the request's dialect."""
        method, language, merchant = request.method, call.language, call.merchant
        result = await self._handlers[call.operation](call, self._world)
        if isinstance(result, Refused):
            named = replace(result, parameter=method.name_of(result.parameter))
            return self._refuse(request, named, language, shop=merchant, notes=call.notes)
        members = method.present(result, AnswerContext(merchant, language, call.base_url))
        return Served(
            members=members,
            language=language,
            notes=(*call.notes, *notes_of(result, merchant)),
            shop=merchant.login,
            order=registered_order(result),
        )

    @staticmethod
    def _caller_of(request: Request, found: ApiUser, merchant: Merchant) -> Caller | Refused:
        """The user as a caller of this method.

        Refuses: what `access_refusal` refuses, a dialect that the merchant does not have, a
        permission that is off.
        """
        refused = access_refusal(found, merchant, request.ip)
        if refused is not None:
            return refused
        if request.dialect.name not in merchant.settings.dialects:
            rule = f"setting dialects does not list {request.dialect.name}"
            return Refused(Refusal.ACCESS_DENIED, rule)
        for needs in request.method.permissions:
            if not merchant.may(needs):
                return Refused(Refusal.ACCESS_DENIED, f"permission {needs} is off")
        return Caller(merchant=merchant, login=found.login, ip=request.ip)

    async def _user(self, request: Request) -> ApiUser | Refused:
        """The user of the credentials. A user name and password win over a token.

        An empty parameter counts as absent. Refuses: CREDENTIALS_MISSING, then, where the method
        names them, LOGIN_EMPTY and PASSWORD_EMPTY, then ACCESS_DENIED.
        Source: rest-orders.md §1.2; 004 (error codes).
        """
        names, source = request.dialect.caller, request.source
        name = first_sent(source, names.user_name) or ""
        password = first_sent(source, names.password) or ""
        if name and password and not name.isspace():
            return await self._user_by_password(name, password, request)
        if token := None if name or password else first_sent(source, names.token):
            found = await self._credentials.by_token(token)
            return found or Refused(
                Refusal.ACCESS_DENIED, "the token is unknown", parameter=names.token
            )
        return _without_credentials(name.strip(), password, request)

    async def _user_by_password(
        self, name: str, password: str, request: Request
    ) -> ApiUser | Refused:
        names = request.dialect.caller
        found = await self._credentials.authenticate(name, password, request.ip)
        if found is not None:
            return found
        rule = f"{names.user_name} or {names.password} is wrong"
        hint = await wrong_login_hint(name, self._world.merchants)
        failed = self._credentials.failed_login(name, request.ip)
        rule = f"{rule}: {hint}" if hint else rule
        return _WrongPassword(Refusal.ACCESS_DENIED, rule, failed_login=failed)

    async def _merchant_for(self, request: Request, caller: Caller) -> Merchant | Refused:
        """The merchant that owns the orders (rest-orders.md §1.2, merchantLogin)."""
        login = first_sent(request.source, request.dialect.caller.merchant_login)
        if not login or login in (caller.login, caller.merchant.login):
            return caller.merchant
        merchant = await self._world.merchants.by_login(login)
        if merchant is None:
            return Refused(Refusal.MERCHANT_LOGIN_UNKNOWN, f"no merchant {login}")
        return refuse_owner(caller.merchant, merchant, request.method) or merchant

    def _refuse(
        self,
        request: Request,
        refused: Refused,
        language: str | None,
        *,
        authenticated: bool = True,
        shop: Merchant | None = None,
        notes: Notes | None = None,
    ) -> Refusing:
        drop_card_values(request.method, request.source)  # a caller who is refused sent them too
        method, parameter, rule = request.method, refused.parameter, refused.rule
        if request.broken_body:
            rule = f"{rule} (the body could not be read: {request.broken_body})"
        return Refusing(
            error=method.error(refused.refusal),
            refusal=refused.refusal,
            language=text_language(language),
            parameter=parameter,
            rule=rule,
            authenticated=authenticated,
            failed_login=refused.failed_login if isinstance(refused, _WrongPassword) else None,
            notes=_notes_of(request) if notes is None else notes,
            shop=shop.login if shop else "",
            faults=refused.faults,
            until=refused.until,
            shows_faults=shop is not None and shop.settings.cart_faults_in_answer,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _WrongPassword(Refused):
    """The refusal of a wrong login or password, with what the log says about it."""

    failed_login: FailedLogin


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


def _notes_of(request: Request) -> Notes:
    """The notes about parameters that have no effect whatever the method does with the others."""
    method, source, dialect = request.method, request.source, request.dialect
    unknown = [*unknown_names(method, dialect, source), *request.unread]
    notes = notes_of_unknown(method, dialect, unknown) if unknown else ()
    caller = dialect.caller
    if first_sent(source, caller.token) and first_sent(source, caller.user_name):
        both = f"{caller.user_name} and {caller.password}"
        notes = (Note(caller.token, f"ignored beside {both}"), *notes)
    return (*notes, *request.remarks, *notes_of_repeated(method, caller.names, source))


def _without_credentials(name: str, password: str, request: Request) -> Refused:
    """The refusal of a request that lacks a user name, a password, or both and a token."""
    names, refusals = request.dialect.caller, request.method.refusals
    if not name and not password:
        rule = f"{names.user_name} with {names.password}, or {names.token}, is mandatory"
        return Refused(Refusal.CREDENTIALS_MISSING, rule)
    refusal, missing, sent = (
        (Refusal.PASSWORD_EMPTY, names.password, names.user_name)
        if name
        else (Refusal.LOGIN_EMPTY, names.user_name, names.password)
    )
    rule = f"{missing} is empty or missing beside {sent}"
    if refusal not in refusals:
        return Refused(Refusal.ACCESS_DENIED, rule)
    return Refused(refusal, rule, parameter=missing)


def _language(request: Request) -> str | None:
    return first_sent(request.source, request.dialect.caller.language)


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
