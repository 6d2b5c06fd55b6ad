"""The lines of a receipt as items of a document of ATOL Online.

Source: fiscal.md §3 to §6, §14.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from altyn.domain.cart.codes import MEASURES
from altyn.domain.cart.unknown import RECEIPT_NAME_MAX
from altyn.domain.phone import international_phone
from altyn.domain.receipt.settings import FfdVersion
from altyn.domain.receipt.values import ReceiptContent, ReceiptLine
from altyn.outbound.receipts.atol.account import UnfitError
from altyn.outbound.receipts.atol.attributes import Attributes, without_empty
from altyn.outbound.receipts.atol.codes import (
    AGENT_TYPES,
    OTHER_MEASURE,
    PAYMENT_METHODS,
    PAYMENT_OBJECT_WORDS,
    RATES,
    UNIT_NAMES,
)
from altyn.outbound.receipts.atol.marks import mark_code, named_code

UNIT_LENGTH_MAX: Final = 16


def roubles(minor: int) -> Decimal:
    """An amount in roubles, exact to the kopeck."""
    return Decimal(minor).scaleb(-2)


def item_of(line: ReceiptLine, content: ReceiptContent) -> dict[str, Any]:
    """A line as an item. Raises UnfitError for a code that the version of the format has not."""
    attributes = Attributes(line.attributes, content.ofd_params)
    of_version = _item_v4 if content.ffd is FfdVersion.V1_05 else _item_v5
    return without_empty(
        {
            "name": line.name[:RECEIPT_NAME_MAX],
            "price": roubles(line.price_minor),
            "quantity": Decimal(line.quantity.thousandths).scaleb(-3),
            "sum": roubles(line.amount_minor),
            "payment_method": PAYMENT_METHODS[line.payment_method],
            "vat": {
                "type": rate_of(line.tax_type, content.ffd),
                "sum": roubles(line.vat_minor),
            },
            "agent_info": _agent(attributes),
            "supplier_info": _supplier(attributes),
            "user_data": attributes.text("userData"),
            "excise": _decimal(attributes.text("excise")),
            "country_code": attributes.text("countryCode"),
            "declaration_number": attributes.text("declarationNumber"),
            **of_version(line, attributes),
        }
    )


def rate_of(tax_type: int, ffd: FfdVersion) -> str:
    """The word for a VAT rate. Raises UnfitError for one that the version has not."""
    try:
        return RATES[ffd][tax_type]
    except KeyError:
        raise UnfitError(
            f"ATOL Online has no VAT rate for taxType {tax_type} in FFD {ffd}: send a rate that "
            "is in force in the cart, or change fiscal.tax_type"
        ) from None


def _item_v4(line: ReceiptLine, attributes: Attributes) -> dict[str, Any]:
    word = PAYMENT_OBJECT_WORDS.get(line.payment_object)
    if word is None:
        raise UnfitError(
            f"FFD 1.05 has no payment object {line.payment_object}: set fiscal.ffd=1.2 if the "
            "cash registers of the shop use it, or send another paymentObject"
        )
    return {
        "payment_object": word,
        "measurement_unit": _unit_name(line.quantity.measure),
        "nomenclature_code": attributes.text("nomenclature"),
    }


def _item_v5(line: ReceiptLine, attributes: Attributes) -> dict[str, Any]:
    code = _mark(attributes)
    return {
        "payment_object": line.payment_object,
        "measure": _measure(line.quantity.measure),
        "mark_code": code,
        "mark_processing_mode": "0" if code else None,
        "mark_quantity": _mark_quantity(attributes),
        "sectoral_item_props": _sector(attributes.value("sectoralItemProps")),
    }


def _unit_name(measure: str) -> str:
    known = MEASURES.get(int(measure)) if measure.isascii() and measure.isdigit() else None
    return (known or measure)[:UNIT_LENGTH_MAX]


def _measure(measure: str) -> int:
    if measure.isascii() and measure.isdigit() and int(measure) in MEASURES:
        return int(measure)
    return UNIT_NAMES.get(measure.strip().rstrip(".").lower(), OTHER_MEASURE)


def _mark(attributes: Attributes) -> dict[str, str]:
    named = attributes.value("markCode")
    if isinstance(named, Mapping):
        return named_code(named)
    nomenclature = attributes.text("nomenclature")
    return mark_code(nomenclature) if nomenclature else {}


def _mark_quantity(attributes: Attributes) -> dict[str, int]:
    numerator = attributes.code("markQuantity.numerator")
    denominator = attributes.code("markQuantity.denominator")
    if numerator is None or denominator is None:
        return {}
    return {"numerator": numerator, "denominator": denominator}


def _sector(sent: object) -> list[dict[str, str]]:
    """The attributes of a sector of trade, under their names at the provider."""
    listed = sent if isinstance(sent, list | tuple) else [sent]
    return [
        {
            "federal_id": str(each.get("federalId") or each.get("federal_id") or ""),
            **{name: str(each.get(name) or "") for name in ("date", "number", "value")},
        }
        for each in listed
        if isinstance(each, Mapping)
    ]


def _agent(attributes: Attributes) -> dict[str, Any]:
    kind = attributes.code("agent_info.type")
    if kind is None or kind not in AGENT_TYPES:
        return {}
    text = attributes.text
    return without_empty(
        {
            "type": AGENT_TYPES[kind],
            "paying_agent": without_empty(
                {
                    "operation": text("agent_info.paying.operation"),
                    "phones": _phones(attributes, "agent_info.paying.phones"),
                }
            ),
            "receive_payments_operator": without_empty(
                {"phones": _phones(attributes, "agent_info.paymentsOperator.phones")}
            ),
            "money_transfer_operator": without_empty(
                {
                    "phones": _phones(attributes, "agent_info.MTOperator.phones"),
                    **{name: text(f"agent_info.MTOperator.{name}")
                       for name in ("name", "address", "inn")},
                }
            ),
        }
    )  # fmt: skip


def _supplier(attributes: Attributes) -> dict[str, Any]:
    return without_empty(
        {
            "phones": _phones(attributes, "supplier_info.phones"),
            "name": attributes.text("supplier_info.name"),
            "inn": attributes.text("supplier_info.inn"),
        }
    )


def _phones(attributes: Attributes, path: str) -> list[str]:
    return [international_phone(each) for each in attributes.texts(path)]


def _decimal(text: str | None) -> Decimal | None:
    try:
        number = Decimal(text) if text else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None
