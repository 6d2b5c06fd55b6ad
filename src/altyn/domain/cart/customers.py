"""The customer of a cart, and what the customer and the cart's agent say of the whole receipt.

Source: fiscal.md §3, §3.1, §6.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from altyn.domain.cart import tables
from altyn.domain.cart.faults import CartFault, FaultKind
from altyn.domain.cart.fields import BadValue, Faults, Place, read_fields
from altyn.domain.cart.receipt_params import ReceiptParams
from altyn.domain.cart.values import Customer

AGENT: Final = "agent"
SUPPLIER_PHONES: Final = "supplierPhones"
_PLACE: Final = Place("customerDetails")
_DOCUMENT: Final = ("client.birth_date", "client.document_code", "client.passport_number")
_IDENTITY: Final = frozenset({*_DOCUMENT, "client.name", "client.inn", "client.citizenship"})

# The cart's deprecated agent, by the keys of the whole receipt.
_AGENT: Final = {
    "agentType": "agent_info.type",
    "payingOperation": "agent_info.paying.operation",
    "payingPhones": "agent_info.paying.phones",
    "paymentsOperatorPhones": "agent_info.paymentsOperator.phones",
    **{
        f"{spelled}Operator{name}": f"agent_info.MTOperator.{name.lower()}"
        for spelled in ("mt", "MT")
        for name in ("Phones", "Name", "Address", "Inn")
    },
}


def read_customer(sent: Mapping[str, object] | None, faults: Faults) -> Customer:
    """The customer; an empty one without `customerDetails`."""
    if sent is None:
        return Customer()
    values = read_fields(sent, tables.CUSTOMER, _PLACE, faults)
    if values.get("deliveryInfo"):
        read_fields(values["deliveryInfo"], tables.DELIVERY, _PLACE.inner("deliveryInfo"), faults)
    return Customer(
        email=values.get("email"),
        phone=values.get("phone"),
        full_name=values.get("fullName"),
        inn=values.get("inn"),
        passport=values.get("passport"),
    )


def receipt_params_of(
    customer: Customer, agent: Mapping[str, Any], supplier_phones: tuple[str, ...]
) -> dict[str, str]:
    """The parameters of the whole receipt that the cart gives; phones with commas between."""
    pairs = (
        ("client.name", customer.full_name),
        ("client.inn", customer.inn),
        ("client.passport_number", customer.passport),
        ("supplier_info.phones", ",".join(supplier_phones)),
        *_agent_params(agent),
    )
    return {key: value for key, value in pairs if value}


def _agent_params(agent: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in agent.items():
        yield _AGENT[name], ",".join(value) if isinstance(value, tuple) else str(value)


def read_agent_of_cart(document: object) -> tuple[ReceiptParams, tuple[CartFault, ...]]:
    """A cart's deprecated agent, sent alone, as parameters of the whole receipt.

    It takes the place of an earlier agent as a whole: keys that it does not have are empty.
    """
    faults = Faults()
    if not isinstance(document, dict):
        faults.add(Place(), AGENT, document, BadValue("not a JSON object"), "3")
        return ReceiptParams(), tuple(faults.found)
    values = read_fields(document, tables.AGENT_OF_CART, Place(AGENT), faults)
    params = dict(_agent_params(values))
    known = {key: params.get(key, "") for key in sorted({*_AGENT.values()})} if params else {}
    unknown = tuple(f"{AGENT}.{name}" for name in document if name not in _AGENT)
    return ReceiptParams(known, unknown), tuple(faults.found)


def read_supplier_phones(sent: object) -> tuple[ReceiptParams, tuple[CartFault, ...]]:
    """A cart's deprecated phones of the supplier, sent alone: a list, or one text with commas."""
    faults = Faults()
    values = read_fields({SUPPLIER_PHONES: sent}, tables.BUNDLE, Place(), faults)
    phones = ",".join(values.get(SUPPLIER_PHONES, ()))
    known = {"supplier_info.phones": phones} if phones else {}
    return ReceiptParams(known), tuple(faults.found)


def check_identity(customer: Customer, receipt: Mapping[str, str], faults: Faults) -> None:
    """A named payer is identified: by INN, or by birth date, kind and number of a document."""
    named = customer.full_name or customer.inn or customer.passport
    if not named and not receipt.keys() & _IDENTITY:
        return
    if customer.inn or receipt.get("client.inn"):
        return
    has = {name for name in _DOCUMENT if receipt.get(name)}
    has |= {"client.passport_number"} if customer.passport else set()
    if len(has) == len(_DOCUMENT):
        return
    missing = BadValue(
        "mandatory for a named payer (or client.birth_date, client.document_code and "
        "client.passport_number in additionalOfdParams), but missing",
        FaultKind.MANDATORY,
    )
    faults.add(_PLACE, "inn", None, missing, "3.1")
