"""The methods that refund by sum and name the line of the receipt. Source: fiscal.md §8."""

from typing import Any, Final

from altyn.domain.cart.codes import TAX_TYPES
from altyn.domain.cart.unknown import RECEIPT_NAME_MAX
from altyn.domain.merchant import Permission
from altyn.domain.operation import Operation
from altyn.domain.refusals import Refusal
from altyn.protocol import types as t
from altyn.protocol.dialects.classic import error_codes as e
from altyn.protocol.dialects.classic import presentation as p
from altyn.protocol.dialects.classic.envelopes import PLAIN
from altyn.protocol.dialects.classic.shared_rows import (
    ALWAYS,
    BY_ID_OR_NUMBER,
    EXPECTED_DEPOSIT,
    EXTERNAL_REFUND_ID,
    INVALID,
    LENIENT_LANGUAGE,
    MERCHANT_LOGIN,
    REFUND_RECEIPT_PARAMS,
    WHO,
    Refusals,
    amount,
)
from altyn.protocol.json_text import flat_json
from altyn.protocol.malformed import Malformed
from altyn.protocol.table import Method, Parameter

_TAX_CODES: Final = {
    spelled: code
    for code, each in TAX_TYPES.items()
    for spelled in (each.name, str(code), f"{code:02}")
}
_NAME: Final = t.text(RECEIPT_NAME_MAX)  # it is for the receipt alone: nothing is cut
_ITEM_CODE: Final = t.text(100)


def _tax_type(value: str, _: t.Context) -> int:
    code = _TAX_CODES.get(value.upper())
    if code is None:
        raise Malformed(f"not a VAT rate: 0 to {max(TAX_TYPES)}, or its name, such as VAT_20")
    return code


TAX_TYPE: Final = t.Type("N..2", _tax_type)


def _ofd_params(value: str, context: t.Context) -> dict[str, Any]:
    """`name`, `itemCode` and `taxType` of the line, in one object."""
    sent = flat_json(value)
    rows = {
        "name": ("name", _NAME),
        "itemCode": ("item_code", _ITEM_CODE),
        "taxType": ("tax_type", TAX_TYPE),
    }
    if unknown := sent.keys() - rows.keys():
        raise Malformed(f"{', '.join(sorted(unknown))}: not name, itemCode or taxType")
    return {
        field: type_.parse(sent[name], context)
        for name, (field, type_) in rows.items()
        if sent.get(name)
    }


_COMMON: Final = (
    EXPECTED_DEPOSIT,
    REFUND_RECEIPT_PARAMS,
    Parameter("jsonParams", t.FLAT_JSON, "json_params", "Kept in the order's history."),
    EXTERNAL_REFUND_ID,
    MERCHANT_LOGIN,
    LENIENT_LANGUAGE,
)  # fmt: skip
_OFD_PARAMS: Final = t.Type('JSON {"name":"value"}', _ofd_params, json=True, masks=True)
_LINE: Final = (
    Parameter("ofdParams", _OFD_PARAMS, "line",
              "The line of the receipt: name, itemCode and taxType in one object."),
    Parameter("name", _NAME, "name", "Name of the line.", overridden_by="ofdParams"),
    Parameter("itemCode", _ITEM_CODE, "item_code", "Code of the line.",
              overridden_by="ofdParams"),
    Parameter("taxType", TAX_TYPE, "tax_type", "VAT rate of the line, a code or a name.",
              overridden_by="ofdParams"),
)  # fmt: skip


def _refusals(*, missing: Refusals, position: Refusals) -> Refusals:
    """In the order of precedence: what lacks in a request, and what is wrong with its position."""
    return {
        **WHO,
        Refusal.ORDER_ID_EMPTY: e.PARAMETER_EMPTY,
        **missing,
        Refusal.AMOUNT_INVALID: e.AMOUNT_INVALID,
        **INVALID,
        Refusal.ORDER_UNKNOWN: e.ORDER_UNREGISTERED,
        Refusal.REFUND_ID_REUSED: e.PARAMETER_INVALID,
        Refusal.WRONG_STATUS: e.WRONG_STATE,
        Refusal.EXPECTED_AMOUNT_DIFFERS: e.AMOUNT_INVALID,
        **position,
        Refusal.AMOUNT_ABOVE_DEPOSIT: e.REFUND_ABOVE_DEPOSIT,
        Refusal.DECLINED_BY_BANK: e.DECLINED,
        **ALWAYS,
    }


RAW_SUM_REFUND: Final = Method(
    name="processRawSumRefund",
    operation=Operation.RAW_SUM_REFUND,
    rest=("processRawSumRefund.do",),
    soap="processRawSumOrderRefund",
    source="fiscal.md §8",
    summary="Give back a sum; the request names the line of the receipt itself.",
    needs=Permission.RAW_REFUND,
    parameters=(
        *BY_ID_OR_NUMBER,
        amount("Sum to refund; 0 refunds all that is left.", required=True),
        *_LINE,
        *_COMMON,
    ),
    refusals=_refusals(missing={}, position={}),
    present=p.DONE,
    envelope=PLAIN,
)

RAW_POSITION_REFUND: Final = Method(
    name="processRawPositionRefund",
    operation=Operation.RAW_POSITION_REFUND,
    rest=("processRawPositionRefund.do", "processRawPositionOrderRefund.do"),
    soap="processRawPositionOrderRefund",
    source="fiscal.md §8",
    summary="Give back a sum of one position of the cart.",
    needs=Permission.RAW_REFUND,
    parameters=(
        *BY_ID_OR_NUMBER,
        Parameter("positionId", t.text(12), "position_id", "The position of the cart.",
                  Refusal.PARAMETER_EMPTY),
        amount("Sum to refund; 0 refunds all that is left of the position.", required=True),
        *_LINE,
        *_COMMON,
    ),
    refusals=_refusals(
        missing={Refusal.PARAMETER_EMPTY: e.PARAMETER_EMPTY},
        position={Refusal.POSITION_UNKNOWN: e.POSITION_UNKNOWN},
    ),
    present=p.DONE,
    envelope=PLAIN,
)  # fmt: skip
