"""The type of the parameter that holds the parameters of the whole receipt."""

from collections.abc import Iterator
from typing import Final

from altyn.domain.cart.receipt_params import ReceiptParams, read_receipt_params
from altyn.protocol.json_text import json_value
from altyn.protocol.malformed import Malformed
from altyn.protocol.types import Context, Type


def _receipt_params(value: str, _: Context) -> ReceiptParams:
    params, faults = read_receipt_params(json_value(value))
    if faults:
        raise Malformed("; ".join(fault.text for fault in faults))
    return params


RECEIPT_PARAMS: Final = Type('JSON {"name":"value"}', _receipt_params, json=True, masks=True)


def remarks_of_receipt_params(params: ReceiptParams) -> Iterator[str]:
    """The keys that the receipt does not have."""
    if params.unknown:
        yield f"ignored, no such key: {', '.join(params.unknown)}"
