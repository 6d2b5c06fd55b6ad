"""How a result or an error becomes the members of an answer; each dialect has its own functions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from altyn.domain.cart.faults import CartFault
from altyn.domain.merchant import Merchant

Members = dict[str, Any]
"""The members of an answer's JSON object. SOAP writes the same members as XML."""

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class AnswerContext:
    """What an answer depends on apart from the result.

    `merchant` is the one whose orders the request concerns. `base_url` is the gateway's own
    address, for links.
    """

    merchant: Merchant
    language: str
    base_url: str


@dataclass(frozen=True, slots=True)
class ErrorAnswer:
    """An error as it is answered: its number, its text, and the parameter that broke a rule.

    `cart_faults` are all faults of a refused cart, for a merchant who wants them in the answer.
    """

    code: int
    text: str
    parameter: str = ""
    cart_faults: tuple[CartFault, ...] = ()


Present = Callable[[object, AnswerContext], Members]


def presents(kind: type[R], show: Callable[[R, AnswerContext], Members]) -> Present:
    """The presentation of one kind of result. Another kind is a defect of the handler."""

    def present(result: object, context: AnswerContext) -> Members:
        assert isinstance(result, kind), f"{type(result).__name__} is not a {kind.__name__}"
        return show(result, context)

    return present


@dataclass(frozen=True, slots=True)
class Envelope:
    """How the members of an answer are completed, and how an error is presented.

    `success` takes the members of a result and the language of the answer.
    """

    name: str
    success: Callable[[Members, str], Members]
    refusal: Callable[[ErrorAnswer], Members]
