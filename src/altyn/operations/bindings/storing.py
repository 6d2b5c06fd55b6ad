"""Whether a payment may store its card. Source: rest-orders.md §2.3, §6; payment-page.md §3.1."""

from collections.abc import Collection, Mapping
from typing import Final, Protocol

from altyn.domain.merchant import Merchant, Permission
from altyn.domain.order import Order
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused

NOT_NEEDED: Final = "bindingNotNeeded"
"""The parameter by which a shop or a payer says whether the card is not to be stored."""

FORCE: Final = "FORCE_CREATE_BINDING"
"""The feature of an order whose card is stored without asking."""

NOT_NEEDED_FEATURE: Final = "BINDING_NOT_NEEDED"
"""The feature of an order that says the same as bindingNotNeeded=true."""

_TRUE: Final = ("true", "1")
_FALSE: Final = ("false", "0")


def forbids_storing(sent: Mapping[str, str]) -> bool:
    """Whether these parameters say that the card is not to be stored."""
    return sent.get(NOT_NEEDED, "").lower() in _TRUE


def registration_forbids_storing(sent: Mapping[str, str], features: Collection[str]) -> bool:
    """Whether the shop has registered the order so that its card is not stored."""
    return NOT_NEEDED_FEATURE in features or forbids_storing(sent)


def agrees_to_storing(sent: Mapping[str, str]) -> bool:
    """Whether these parameters say that the card may be stored; silence does not."""
    return sent.get(NOT_NEEDED, "").lower() in _FALSE


class NamesBinding(Protocol):
    """The part of a registration that is about its stored card."""

    @property
    def more(self) -> Mapping[str, str]: ...

    @property
    def client_id(self) -> str | None: ...
    @property
    def binding_id(self) -> str | None: ...


def refuse_storing(command: NamesBinding, features: Collection[str]) -> Refused | None:
    """FEATURES_INVALID for FORCE_CREATE_BINDING where no card can be stored."""
    if FORCE not in features:
        return None
    forbidden = registration_forbids_storing(command.more, features)
    if command.client_id and command.binding_id is None and not forbidden:
        return None
    return Refused(
        Refusal.FEATURES_INVALID,
        "FORCE_CREATE_BINDING goes with clientId, and neither with bindingId nor with "
        "bindingNotNeeded=true or BINDING_NOT_NEEDED",
        parameter="features",
    )


def remembers_card(order: Order, merchant: Merchant) -> bool:
    """Whether the payer is asked to agree that the card is stored.

    Not when the shop forbids it (bindingNotNeeded=true or BINDING_NOT_NEEDED), or stores it without
    asking.
    """
    request = order.request
    may_store = bool(request.client_id) and merchant.may(Permission.BINDINGS)
    asked = may_store and not registration_forbids_storing(request.more, request.features)
    return asked and not request.binding_id and not request.has(FORCE)
