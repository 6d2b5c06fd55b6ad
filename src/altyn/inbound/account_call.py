"""Carries out a method of the API for a user of the account, without a password of the API.

The parameters are read by the method's table and the operation is the one of the API, so an action
on a page is refused for the same reasons, in the same words. The user is the actor in the order's
history.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from altyn.domain.cart.faults import CartFault
from altyn.domain.merchant import Caller, Merchant
from altyn.domain.refusals import Refusal
from altyn.inbound.child_rule import refuse_owner
from altyn.inbound.handlers import HANDLERS
from altyn.inbound.http.fields import Fields
from altyn.inbound.request_handler import Call
from altyn.operations.account.session import CurrentUser
from altyn.operations.decisions import Refused
from altyn.operations.ports import World
from altyn.operations.results import Result
from altyn.protocol.table import Fault, Method, check


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCall:
    """A method of the API with its parameters as text, called on a page of the account.

    `merchant` owns the order. `values` are added to those of the parameters, by field of the
    operation's command. `base_url` is the gateway's address, for links.
    """

    method: Method
    fields: Mapping[str, str]
    current: CurrentUser
    merchant: Merchant
    language: str
    base_url: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRefused:
    """The API's own refusal: its code and text in the language of the page.

    `parameter` is the name on the wire; `faults` are all faults of a refused cart.
    """

    refusal: Refusal
    code: int
    text: str
    parameter: str = ""
    faults: tuple[CartFault, ...] = ()


async def carry_out(asked: AccountCall, world: World) -> Result | CallRefused:
    """Carry out the method.

    Refuses: an order of another shop that is no child, then what the method's table and its
    operation refuse.
    """
    method, merchant = asked.method, asked.merchant
    if refused := refuse_owner(asked.current.merchant, merchant, method):
        return _refused(refused, asked)
    sent = [(name, value) for name, value in asked.fields.items() if value]
    source = Fields.of(sent)
    checked = check(method, source, merchant, source.malformed)
    if isinstance(checked, Fault):
        fault = Refused(checked.refusal, checked.rule, parameter=checked.parameter)
        return _refused(fault, asked)
    user = asked.current
    call = Call(
        operation=method.operation,
        caller=Caller(merchant=user.merchant, login=user.user.login, ip=user.address),
        merchant=merchant,
        values={**checked.values, **asked.values},
        language=asked.language,
        base_url=asked.base_url,
        notes=checked.notes,
        name_of=method.name_of,
    )
    result = await HANDLERS[method.operation](call, world)
    if isinstance(result, Refused):
        return _refused(replace(result, parameter=method.name_of(result.parameter)), asked)
    return result


def _refused(refused: Refused, asked: AccountCall) -> CallRefused:
    error = asked.method.error(refused.refusal)
    return CallRefused(
        refusal=refused.refusal,
        code=error.code,
        text=error.text(asked.language, name=refused.parameter, until=refused.until),
        parameter=refused.parameter,
        faults=refused.faults,
    )
