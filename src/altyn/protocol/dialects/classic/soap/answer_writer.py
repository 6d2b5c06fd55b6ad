"""From the members of an answer to the whole envelope that is sent.

The members are REST's; the types say which of them are attributes, which are children, and in which
order. A missing required member of `return` is written as 0, because strict clients need it; an
incomplete nested object is left out.
Source: soap.md §1.1, §1.3, §2, §5, §6.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Final

import msgspec

from altyn.protocol.dialects.classic.envelopes import (
    BINDING_LIST,
    CLOSING,
    INSTALMENT,
    ORDER_LIST,
    PLAIN,
    RECURRENT,
    REGISTRATION,
    STATUS,
)
from altyn.protocol.dialects.classic.error_codes import SUCCESS
from altyn.protocol.dialects.classic.order_view import OBSOLETE_AUTH_CODE
from altyn.protocol.dialects.classic.soap.carts import TEXT_MEMBER
from altyn.protocol.dialects.classic.soap.names import SOAP_ENVELOPE
from altyn.protocol.dialects.classic.soap.notation import NUMBERS, Part
from altyn.protocol.dialects.classic.soap.operations import SoapOperation
from altyn.protocol.dialects.classic.soap.types import TYPES, attributes_of, children_of, text_of
from altyn.protocol.dialects.classic.soap.values import WRITERS, Write
from altyn.protocol.error_code import ErrorCode
from altyn.protocol.presentation import Envelope

REGISTERED: Final = ErrorCode(0, SUCCESS.ru, "Successful")

# The text of a success, for methods whose own members have none: as in REST.
_SUCCESS: Final[Mapping[Envelope, ErrorCode]] = {
    PLAIN: SUCCESS,
    STATUS: SUCCESS,
    ORDER_LIST: SUCCESS,
    BINDING_LIST: SUCCESS,
    CLOSING: SUCCESS,
    RECURRENT: SUCCESS,
    INSTALMENT: SUCCESS,
    REGISTRATION: REGISTERED,
}

# type → its name of a part → the name of the member in REST, where they differ
MEMBERS: Final[Mapping[str, Mapping[str, str]]] = {
    "instantRefundStatus": {"errorCode": "ErrorCode", "errorMessage": "ErrorMessage"},
    "finishThreeDSResponse": {"returnUrl": "redirect"},
    "oneCallStatus": {
        "orderStatus": "OrderStatus",
        "orderNumber": "OrderNumber",
        "pan": "Pan",
        "amount": "Amount",
        "ip": "Ip",
        "errorCode": "ErrorCode",
        "errorMessage": "ErrorMessage",
    },
    "processingOperation": {
        "operationDate": "date",
        "operationType": "type",
        "processingResultCode": "actionCode",
        "externalId": "externalRefundId",
    },
}

# REST's type of an operation → SOAP's; a reversal is named after what it reverses
OPERATION_TYPES: Final = {
    "PREAUTHORIZATION": "PRE_AUTH",
    "AUTHORIZATION": "PURCHASE",
    "COMPLETION": "COMPLETION",
    "REFUND": "REFUND",
}
_REVERSAL: Final = "REVERSAL"
REVERSAL_TYPES: Final = {
    "PREAUTHORIZATION": "REVERSAL_FOR_PRE_AUTH",
    "AUTHORIZATION": "REVERSAL_FOR_PURCHASE",
    "COMPLETION": "REVERSAL_FOR_COMPLETION",
    "REFUND": "REVERSAL_FOR_REFUND",
}


def write_answer(
    operation: SoapOperation,
    namespace: str,
    members: dict[str, Any],
    language: str,
    error: tuple[int, str] | None,
) -> bytes:
    """The answer of an operation: its members, or its error's code and text, in one envelope."""
    content = _failed(*error) if error is not None else _done(operation, members, language)
    head, inner = _object(operation.answer, content, top=True)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="{SOAP_ENVELOPE}">'
        f'<soap:Body><ns1:{operation.answers} xmlns:ns1="{namespace}">'
        f"<return{head}>{inner}</return></ns1:{operation.answers}></soap:Body></soap:Envelope>"
    ).encode()


def _done(operation: SoapOperation, members: dict[str, Any], language: str) -> dict[str, Any]:
    method = operation.method
    success = _SUCCESS.get(method.envelope) if method is not None else None
    if success is None:
        return {"errorCode": 0, **members}
    return {"errorCode": 0, "errorMessage": success.text(language), "success": True, **members}


def _failed(code: int, text: str) -> dict[str, Any]:
    """The members of an error; wallets have it in an object of its own."""
    error = {"code": code, "description": text, "message": text}
    return {"errorCode": code, "errorMessage": text, "success": False, "error": error}


# ── Objects ───────────────────────────────────────────────────────────────────────────────────────


class _Incomplete(Exception):  # noqa: N818 - it names the members, and is always caught
    """The members do not fill an object of the type."""


@dataclass(frozen=True, slots=True)
class _Slot:
    """One part of a type: its member, and how it is written. `default` replaces a missing value."""

    name: str
    member: str
    write: Write
    required: bool
    default: str

    def instead(self, *, top: bool) -> str:
        """The text of a required part without a value."""
        if not top:
            raise _Incomplete
        return self.default


@dataclass(frozen=True, slots=True)
class _Shape:
    attributes: tuple[_Slot, ...]
    children: tuple[_Slot, ...]
    text: Write | None


def _object(type_name: str, members: Mapping[str, Any], *, top: bool = False) -> tuple[str, str]:
    """The attributes of an element, and its content. Raises _Incomplete, but not at the top."""
    shape = _shape(type_name)
    head, inner = list[str](), list[str]()
    for slot in shape.attributes:
        value = members.get(slot.member)
        text = None if value is None else slot.write(value)
        if text is None and slot.required:
            text = slot.instead(top=top)
        if text is not None:
            head.append(f' {slot.name}="{text}"')
    for slot in shape.children:
        if (text := _write_child(slot, members, top=top)) is not None:
            inner.append(text)
    if shape.text is not None:
        text = shape.text(members.get(TEXT_MEMBER, ""))
        if text is None:  # an empty text is not a number
            raise _Incomplete
        inner.append(text)
    return "".join(head), "".join(inner)


def _write_child(slot: _Slot, members: Mapping[str, Any], *, top: bool) -> str | None:
    text = None
    if (value := members.get(slot.member)) is not None:
        try:
            text = slot.write(value)
        except _Incomplete:
            if not top:
                raise
    return slot.instead(top=top) if text is None and slot.required else text


def _child(value: Any, name: str, write: Write) -> str | None:
    text = write(value)
    return None if text is None else f"<{name}>{text}</{name}>"


def _nested(value: Any, name: str, type_name: str) -> str | None:
    if isinstance(value, list) and (item := _item_of(type_name)):
        value = {item: value}
    if not isinstance(value, Mapping):
        return None
    try:
        head, inner = _object(type_name, value)
    except _Incomplete:
        return None
    return f"<{name}{head}>{inner}</{name}>" if inner else f"<{name}{head}/>"


def _item_of(type_name: str) -> str:
    """The name of the elements of a type that is nothing but a list; else empty."""
    inside = children_of(type_name)
    return inside[0].name if len(inside) == 1 and inside[0].repeating else ""


def _list(value: Any, write: Write, prepare: "Prepare | None") -> str:
    """Every element of a list. If one cannot be written, the object with the list is left out."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise _Incomplete
    written = [write(each) for each in (value if prepare is None else prepare(value))]
    if None in written:
        raise _Incomplete
    return "".join(filter(None, written))


# ── The shapes of the types, computed once ────────────────────────────────────────────────────────


def _operations(operations: Sequence[Any]) -> Iterator[Any]:
    """Operations with the names of SOAP for their types."""
    before = ""
    for each in operations:
        kind = each["type"]
        names = REVERSAL_TYPES if kind == _REVERSAL else OPERATION_TYPES
        yield {**each, "type": names.get(before if kind == _REVERSAL else kind)}
        before = before if kind == _REVERSAL else kind


def _attributes(attributes: Sequence[Any]) -> Iterator[Any]:
    """Attributes of a cart's position: an object or a list is its JSON text."""
    for each in attributes:
        value = each.get(TEXT_MEMBER) if isinstance(each, Mapping) else None
        if isinstance(value, dict | list):
            yield {**each, TEXT_MEMBER: msgspec.json.encode(value).decode()}
        else:
            yield each


Prepare = Callable[[Sequence[Any]], Iterator[Any]]
_PREPARED: Final[Mapping[str, Prepare]] = {
    "processingOperation": _operations,
    "itemAttribute": _attributes,
}


@lru_cache(len(TYPES))
def _shape(type_name: str) -> _Shape:
    spelled = MEMBERS.get(type_name, {})
    text = text_of(type_name)
    return _Shape(
        tuple(_attribute_slot(part, spelled) for part in attributes_of(type_name)),
        tuple(_child_slot(part, spelled) for part in children_of(type_name)),
        None if text is None else WRITERS[text],
    )


def _attribute_slot(part: Part, spelled: Mapping[str, str]) -> _Slot:
    member = spelled.get(part.name, part.name)
    return _Slot(part.name, member, WRITERS[part.type], part.required, _default(part))


def _child_slot(part: Part, spelled: Mapping[str, str]) -> _Slot:
    write: Write
    if part.type in TYPES:
        write = partial(_nested, name=part.name, type_name=part.type)
        default = f"<{part.name}/>"
    else:
        write = partial(_child, name=part.name, write=WRITERS[part.type])
        default = f"<{part.name}>{_default(part)}</{part.name}>"
    if part.repeating:
        write = partial(_list, write=write, prepare=_PREPARED.get(part.type))
    return _Slot(part.name, spelled.get(part.name, part.name), write, part.required, default)


def _default(part: Part) -> str:
    """The text for a required value that is missing."""
    if part.name == "authCode":
        return str(OBSOLETE_AUTH_CODE)
    if part.type in NUMBERS:
        return "0"
    return "false" if part.type == "boolean" else ""
