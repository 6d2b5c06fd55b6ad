"""The methods of stored cards, as tables. Source: rest-orders.md §6."""

from typing import Final

from altyn.domain.merchant import Permission
from altyn.domain.operation import Operation
from altyn.domain.refusals import Refusal
from altyn.protocol import types as t
from altyn.protocol.dialects.classic import cautions as k
from altyn.protocol.dialects.classic import error_codes as e
from altyn.protocol.dialects.classic import presentation as p
from altyn.protocol.dialects.classic.binding_view import BINDINGS, NEW_BINDING
from altyn.protocol.dialects.classic.envelopes import BINDING_LIST, PLAIN
from altyn.protocol.dialects.classic.shared_rows import (
    ALWAYS,
    INVALID,
    LENIENT_LANGUAGE,
    MERCHANT_LOGIN,
    WHO,
)
from altyn.protocol.dialects.classic.types import (
    BINDING_STRENGTH,
    BINDING_TYPE,
    IDLE_ATTRIBUTES,
)
from altyn.protocol.table import Method, Parameter

_ONE: Final = Parameter("bindingId", t.ORDER_ID, "binding_id", "The stored card.",
                        Refusal.PARAMETER_EMPTY, Refusal.BINDING_UNKNOWN)  # fmt: skip
_EXPIRED: Final = Parameter("showExpired", t.BOOLEAN, "expired_too", "Also expired cards.")
_OF_ONE: Final = {
    **WHO,
    Refusal.PARAMETER_EMPTY: e.PARAMETER_EMPTY,
    **INVALID,
    Refusal.BINDING_UNKNOWN: e.BINDING_UNKNOWN,
}

GET_BINDINGS: Final = Method(
    name="getBindings",
    operation=Operation.FIND_BINDINGS,
    rest=("getBindings.do",),
    soap="getBindings",
    source="rest-orders.md §6.1",
    summary="The stored cards of a client.",
    needs=Permission.BINDINGS,
    parameters=(
        Parameter("clientId", t.text(255), "client_id", "The shop's client.",
                  Refusal.CLIENT_ID_EMPTY, unless="bindingId"),
        Parameter("bindingId", t.ORDER_ID, "binding_id", "One stored card.",
                  invalid=Refusal.BINDING_UNKNOWN),
        Parameter("bindingType", BINDING_TYPE, "categories",
                  "C: common cards, R: of recurring payments, I: of instalments, CR: C and R."),
        _EXPIRED,
        Parameter("showInactive", t.BOOLEAN, "disabled_too", "Also disabled cards."),
        MERCHANT_LOGIN,
        LENIENT_LANGUAGE,
    ),
    refusals={
        **WHO,
        Refusal.CLIENT_ID_EMPTY: e.CLIENT_ID_EMPTY,
        **INVALID,
        Refusal.BINDING_UNKNOWN: e.NO_BINDINGS,
        **ALWAYS,
    },
    present=BINDINGS,
    envelope=BINDING_LIST,
)  # fmt: skip

GET_BINDINGS_BY_CARD_OR_ID: Final = Method(
    name="getBindingsByCardOrId",
    operation=Operation.FIND_BINDINGS_OF_CARD,
    rest=("getBindingsByCardOrId.do",),
    soap="getBindingsByCardOrId",
    source="rest-orders.md §6.2",
    summary="The stored cards of all clients with one card.",
    needs=Permission.BINDINGS,
    parameters=(
        Parameter("pan", t.PAN, "pan", "The card; it beats bindingId.",
                  invalid=Refusal.PARAMETER_INVALID),
        Parameter("bindingId", t.ORDER_ID, "binding_id", "A stored card with that card.",
                  invalid=Refusal.BINDING_UNKNOWN, overridden_by="pan"),
        _EXPIRED,
        MERCHANT_LOGIN,
        LENIENT_LANGUAGE,
    ),
    refusals={
        **WHO,
        **INVALID,
        Refusal.CARD_SELECTOR_EMPTY: e.CARD_SELECTOR_EMPTY,
        Refusal.BINDING_UNKNOWN: e.NO_BINDINGS,
        **ALWAYS,
    },
    present=BINDINGS,
    envelope=BINDING_LIST,
)  # fmt: skip

BIND_CARD: Final = Method(
    name="bindCard",
    operation=Operation.ENABLE_BINDING,
    rest=("bindCard.do",),
    soap="bindCard",
    source="rest-orders.md §6.3",
    summary="Enable a stored card that was disabled.",
    needs=Permission.BINDINGS,
    parameters=(_ONE, MERCHANT_LOGIN, LENIENT_LANGUAGE),
    refusals={**_OF_ONE, Refusal.BINDING_ACTIVE: e.BINDING_ACTIVE, **ALWAYS},
    present=p.DONE,
    envelope=PLAIN,
)

UNBIND_CARD: Final = Method(
    name="unBindCard",
    operation=Operation.DISABLE_BINDING,
    rest=("unBindCard.do",),
    soap="unBindCard",
    source="rest-orders.md §6.3",
    summary="Disable a stored card.",
    needs=Permission.BINDINGS,
    parameters=(_ONE, MERCHANT_LOGIN, LENIENT_LANGUAGE),
    refusals={**_OF_ONE, Refusal.BINDING_INACTIVE: e.BINDING_INACTIVE, **ALWAYS},
    present=p.DONE,
    envelope=PLAIN,
)

EXTEND_BINDING: Final = Method(
    name="extendBinding",
    operation=Operation.EXTEND_BINDING,
    rest=("extendBinding.do",),
    soap="extendBinding",
    source="rest-orders.md §6.4",
    summary="Give a stored card another last month.",
    needs=Permission.BINDINGS,
    parameters=(
        _ONE,
        Parameter("newExpiry", t.EXPIRY, "expiry", "The card's new last month.",
                  Refusal.PARAMETER_EMPTY, Refusal.EXPIRY_INVALID),
        MERCHANT_LOGIN,
        LENIENT_LANGUAGE,
    ),
    refusals={**_OF_ONE, Refusal.EXPIRY_INVALID: e.NEW_EXPIRY_INVALID, **ALWAYS},
    present=p.DONE,
    envelope=PLAIN,
)  # fmt: skip

CREATE_BINDING_NO_PAYMENT: Final = Method(
    name="createBindingNoPayment",
    operation=Operation.CREATE_BINDING,
    rest=("createBindingNoPayment.do",),
    soap="createBindingNoPayment",
    source="rest-orders.md §6.5",
    summary="Store a client's card without a payment.",
    needs=Permission.CREATE_BINDING,
    parameters=(
        Parameter("clientId", t.text(255), "client_id", "The shop's client.",
                  Refusal.PARAMETER_EMPTY),
        Parameter("pan", t.PAN, "pan", "The card number.",
                  Refusal.PAN_EMPTY, Refusal.PAN_INVALID),
        Parameter("expiryDate", t.EXPIRY, "expiry", "The card's last month.",
                  Refusal.PARAMETER_EMPTY, Refusal.EXPIRY_INVALID, aliases=("expiry",)),
        Parameter("cardholderName", t.HOLDER, "holder", "The name on the card.",
                  invalid=Refusal.HOLDER_INVALID),
        Parameter("email", t.text(128), "email", "The client's e-mail address."),
        Parameter("phone", t.PHONE, "phone", "The client's phone number."),
        Parameter("additionalParameters", IDLE_ATTRIBUTES, "json_params",
                  "Accepted; a stored card keeps no attributes.",
                  caution=k.NO_ATTRIBUTES_OF_CARDS),
        Parameter("bindingStrength", BINDING_STRENGTH, "binding_strength",
                  "Accepted; the card is stored as NO_PAYMENT.", remarks=k.remarks_of_strength),
        MERCHANT_LOGIN,
        LENIENT_LANGUAGE,
    ),
    refusals={
        **WHO,
        Refusal.PARAMETER_EMPTY: e.PARAMETER_EMPTY,
        Refusal.PAN_EMPTY: e.PAN_EMPTY,
        Refusal.PAN_INVALID: e.PAN_INVALID,
        Refusal.EXPIRY_INVALID: e.EXPIRY_INVALID,
        Refusal.HOLDER_INVALID: e.PARAMETER_INVALID,
        **INVALID,
        Refusal.PAN_NOT_A_TEST_CARD: e.NOT_A_TEST_CARD,
        Refusal.CARD_EXPIRED: e.CARD_EXPIRED,
        **ALWAYS,
    },
    present=NEW_BINDING,
    envelope=PLAIN,
)  # fmt: skip
