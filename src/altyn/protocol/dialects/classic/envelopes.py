"""The envelopes of this dialect: where errorCode is a text, a number, absent, or in capitals.

Source: rest-orders.md §1.4, §4.2, §4.3, §6.1.
"""

from typing import Final

from altyn.protocol.dialects.classic.error_codes import ORDER_NOT_FOUND, SUCCESS
from altyn.protocol.presentation import Envelope, ErrorAnswer, Members

CART_FAULTS: Final = "cartFaults"
"""Every fault of a refused cart, the answered one first: a member of ours, only for merchants with
the setting `cart_faults_in_answer`, and only over REST, as SOAP's types have no place for it."""


def _plain(members: Members, language: str) -> Members:
    return {
        "errorCode": str(SUCCESS.code),
        "errorMessage": SUCCESS.text(language),
        **members,
    }


def _bare(members: Members, _language: str) -> Members:
    return members


def _payment(members: Members, _language: str) -> Members:
    return {**members, "errorCode": SUCCESS.code}


def _recurrent(members: Members, _language: str) -> Members:
    return {"success": True, **members}


def _instalment(members: Members, language: str) -> Members:
    return {"errorCode": SUCCESS.code, "errorMessage": SUCCESS.text(language), **members}


def _refusal_of_instalment(error: ErrorAnswer) -> Members:
    return {"errorCode": error.code, "errorMessage": error.text, "error": True}


def _closing(members: Members, language: str) -> Members:
    return {"success": True, **_plain(members, language)}


def _refusal_of_closing(error: ErrorAnswer) -> Members:
    return {"success": False, **_refusal(error)}


def _refusal(error: ErrorAnswer) -> Members:
    members: Members = {"errorCode": str(error.code), "errorMessage": error.text}
    if error.cart_faults:
        members[CART_FAULTS] = [fault.members for fault in error.cart_faults]
    return members


def _refusal_of_status(error: ErrorAnswer) -> Members:
    """An unknown order still has its two lists, which typed clients demand."""
    lists: Members = {"merchantOrderParams": [], "attributes": []}
    return _refusal(error) | (lists if error.code == ORDER_NOT_FOUND.code else {})


def _refusal_of_list(error: ErrorAnswer) -> Members:
    """A refused list of orders is a page without orders."""
    page = {"orderStatuses": [], "totalCount": 0, "page": 0, "pageSize": 0}
    return _refusal(error) | page


def _refusal_of_bindings(error: ErrorAnswer) -> Members:
    """A refused list of stored cards is an empty list."""
    return _refusal(error) | {"bindings": []}


def _refusal_of_wallet(error: ErrorAnswer) -> Members:
    """Wallets and recurring payments read `success` and `error`; both forms are there."""
    details = {"code": str(error.code), "description": error.text, "message": error.text}
    return {"success": False, "error": details, **_refusal(error)}


def _refusal_in_capitals(error: ErrorAnswer) -> Members:
    return {"ErrorCode": str(error.code), "ErrorMessage": error.text}


def _refusal_of_payment(error: ErrorAnswer) -> Members:
    return {
        "error": error.text,
        "errorCode": error.code,
        "errorMessage": error.text,
        "is3DSVer2": False,
    }


# errorCode as a text
PLAIN: Final = Envelope("plain", _plain, _refusal)
# as PLAIN, with empty lists for an unknown order
STATUS: Final = Envelope("status", _plain, _refusal_of_status)
# as PLAIN, with an empty page in a refusal
ORDER_LIST: Final = Envelope("order list", _plain, _refusal_of_list)
# as PLAIN, with an empty list in a refusal
BINDING_LIST: Final = Envelope("list of stored cards", _plain, _refusal_of_bindings)
# as PLAIN, with success and error
WALLET: Final = Envelope("wallet", _plain, _refusal_of_wallet)
# success, and errorCode only in a refusal
RECURRENT: Final = Envelope("recurring payment", _recurrent, _refusal_of_wallet)
# errorCode as a number, with errorMessage and whether it is an error
INSTALMENT: Final = Envelope("instalment", _instalment, _refusal_of_instalment)
# as PLAIN, with success
CLOSING: Final = Envelope("closing receipt", _closing, _refusal_of_closing)
# no errorCode on success
REGISTRATION: Final = Envelope("registration", _bare, _refusal)
# ErrorCode, as a text, of getOrderStatus.do
CAPITALS: Final = Envelope("capitals", _bare, _refusal_in_capitals)
# errorCode as a number
PAYMENT: Final = Envelope("payment", _payment, _refusal_of_payment)
