"""The types of the parameters about the whole receipt.

These are additionalOfdParams, and a cart's agent and the phones of its supplier, sent alone.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from altyn.domain.card.free_text import mask_card_numbers
from altyn.domain.cart.customers import read_agent_of_cart, read_supplier_phones
from altyn.domain.cart.faults import CartFault
from altyn.domain.cart.receipt_params import ReceiptParams, read_receipt_params
from altyn.protocol.json_text import json_value
from altyn.protocol.malformed import Malformed
from altyn.protocol.types import Context, Type


def _receipt_params(value: str, _: Context) -> ReceiptParams:
    return _checked(*read_receipt_params(json_value(value)))


def _agent(value: str, _: Context) -> ReceiptParams:
    return _checked(*read_agent_of_cart(json_value(value)))


def _supplier_phones(value: str, _: Context) -> ReceiptParams:
    is_list = value.lstrip().startswith("[")
    sent = json_value(value) if is_list else mask_card_numbers(value)
    return _checked(*read_supplier_phones(sent))


def _checked(params: ReceiptParams, faults: Sequence[CartFault]) -> ReceiptParams:
    if faults:
        raise Malformed("; ".join(fault.text for fault in faults))
    return params


RECEIPT_PARAMS: Final = Type('JSON {"name":"value"}', _receipt_params, json=True, masks=True)
AGENT: Final = Type('JSON {"name":"value"}', _agent, json=True, masks=True)
SUPPLIER_PHONES: Final = Type(
    "list, comma separated", _supplier_phones, masks=True, repeatable=True
)


def remarks_of_receipt_params(params: ReceiptParams) -> Iterator[str]:
    """The names that mean nothing on the receipt."""
    if params.unknown:
        yield f"ignored, no such key: {', '.join(params.unknown)}"
