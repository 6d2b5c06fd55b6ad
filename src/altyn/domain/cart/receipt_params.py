"""The parameters of the whole receipt (additionalOfdParams): their names, lengths and forms.

Source: fiscal.md §6. Keys are flat, with dots; nested objects are read as such keys.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from altyn.domain.cart import tables
from altyn.domain.cart.faults import CartFault
from altyn.domain.cart.fields import (
    BadValue,
    Faults,
    Place,
    Read,
    inn,
    one_of,
    pattern,
    text,
    texts,
)

NAME: Final = "additionalOfdParams"
_SECTION: Final = "6"
_BOOLEANS: Final = {True: "true", False: "false", "true": "true", "false": "false"}
_TAX_NUMBER: Final = re.compile("[0-9]{10,12}")


@dataclass(frozen=True, slots=True)
class ReceiptParams:
    """The known parameters as texts, by key, and the keys that no rule names.

    Phones are joined with commas.
    """

    known: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()


def _moment(form: str, shown: str) -> Read:
    def read(value: object) -> str:
        written: str = text(19)(value)
        try:
            datetime.strptime(written, form)  # noqa: DTZ007 - only the form is checked
        except ValueError:
            raise BadValue(f"not {shown}") from None
        return written

    return read


def _boolean(value: object) -> str:
    if not isinstance(value, bool | str) or value not in _BOOLEANS:
        raise BadValue("not true or false")
    return _BOOLEANS[value]


_phones: Final = texts(19)
_date: Final = _moment("%d.%m.%Y", "a date dd.mm.yyyy")
_tax_number: Final = pattern(_TAX_NUMBER, "not a tax number (INN) of 10 to 12 digits")

KEYS: Final[Mapping[str, Read]] = {
    "agent_info.type": tables.AGENT_TYPE,
    "agent_info.paying.operation": text(24),
    "agent_info.paying.phones": _phones,
    "agent_info.paymentsOperator.phones": _phones,
    "agent_info.MTOperator.address": text(256),
    "agent_info.MTOperator.inn": inn,
    "agent_info.MTOperator.name": text(256),
    "agent_info.MTOperator.phones": _phones,
    "supplier_info.phones": _phones,
    "cashier": text(256),
    "cashier_inn": _tax_number,
    "additional_check_props": text(16),
    "additional_user_props.name": text(24),
    "additional_user_props.value": text(24),
    "client.address": text(256),
    "client.birth_date": _date,
    "client.citizenship": pattern(re.compile("[0-9]{3}"), "not a country code of 3 digits"),
    "client.document_code": pattern(re.compile("[0-9]{2}"), "not a document code of 2 digits"),
    "client.passport_number": text(11),
    "client.email": text(64),
    "client.phone": text(19),
    "client.inn": inn,
    "client.name": text(256),
    "operatingcheckprops.name": one_of({0: "the only one"}, "name of an operation"),
    "operatingcheckprops.timestamp": _moment("%d.%m.%Y %H:%M:%S", "a time dd.mm.yyyy HH:MM:SS"),
    "operatingcheckprops.value": text(64),
    "sectoralcheckprops.date": _date,
    "sectoralcheckprops.federalid": text(256),
    "sectoralcheckprops.number": text(32),
    "sectoralcheckprops.value": text(256),
    "company.automat_number": text(256),
    "company.location": text(256),
    "company.payment_address": text(256),
    "use_legacy_vat": _boolean,
}
"""Every key, and how its value is read."""

_SPELLED: Final = {"sectoralcheckprops.federal_id": "sectoralcheckprops.federalid"}
_GROUPS: Final = frozenset(
    ".".join(parts[:n]) for parts in (key.split(".") for key in KEYS) for n in range(1, len(parts))
)


def read_receipt_params(document: object) -> tuple[ReceiptParams, tuple[CartFault, ...]]:
    """Read additionalOfdParams. An empty text and a null count as missing."""
    faults = Faults()
    if not isinstance(document, dict):
        faults.add(Place(), NAME, document, BadValue("not a JSON object"), _SECTION)
        return ReceiptParams(), tuple(faults.found)
    known, unknown = dict[str, str](), list[str]()
    for sent, value in _flat(document):
        key = _SPELLED.get(sent, sent)
        read = KEYS.get(key)
        if value is None or value == "":
            continue
        if read is None:
            unknown.append(sent)
            continue
        try:
            known[key] = _spelled(read(value))
        except BadValue as bad:
            faults.add(Place(NAME), sent, value, bad, _SECTION)
    if "client.email" in known and "client.phone" in known:
        both = BadValue("only one of client.email and client.phone")
        faults.add(Place(NAME), "client.phone", known["client.phone"], both, _SECTION)
    return ReceiptParams(known, tuple(unknown)), tuple(faults.found)


def _flat(document: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in document.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict) and key in _GROUPS:
            yield from _flat(value, f"{key}.")
        else:
            yield key, value


def _spelled(value: object) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)
