"""Every type and enumeration of the service by its name.

Enumerations whose values are those of a REST parameter take them from its row, so that a new
feature of REST is a feature of SOAP too.
Source: soap.md §4, §5.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from altyn.protocol.dialects.classic import types as c
from altyn.protocol.dialects.classic.soap.later_type_rows import LATER_TYPES
from altyn.protocol.dialects.classic.soap.notation import ComplexType, Part, lineage
from altyn.protocol.dialects.classic.soap.one_call_type_rows import ONE_CALL_TYPES
from altyn.protocol.dialects.classic.soap.type_rows import ORDER_TYPES

TYPES: Final[Mapping[str, ComplexType]] = MappingProxyType(
    {
        type_.name: type_
        for type_ in sorted(
            (*ORDER_TYPES, *LATER_TYPES, *ONE_CALL_TYPES), key=lambda type_: type_.name
        )
    }
)

ENUMERATIONS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "operation": (
            "PAYMENT",
            "AWARD",
            "REVERSE",
            "REFUND_PAYMENT",
            "REFUND_AWARD",
            "VERIFY",
        ),
        "orderFeature": c.FEATURE_LIST.enumeration,
        "processingOperationType": (
            "PRE_AUTH",
            "COMPLETION",
            "REVERSAL_FOR_PRE_AUTH",
            "REVERSAL_FOR_COMPLETION",
            "REFUND",
            "PURCHASE",
            "REVERSAL_FOR_PURCHASE",
            "COMMUNICATION_REVERSAL",
            "REVERSAL_FOR_REFUND",
        ),
        "taxType": (
            "NONE",
            "VAT_0",
            "VAT_10",
            "VAT_18",
            "VAT_110",
            "VAT_118",
            "VAT_20",
            "VAT_120",
        ),
        "transactionState": c.STATES.enumeration,
    }
)


def attributes_of(name: str) -> tuple[Part, ...]:
    """The attributes of a type, its bases' first."""
    return tuple(part for type_ in lineage(TYPES[name], TYPES) for part in type_.attributes)


def children_of(name: str) -> tuple[Part, ...]:
    """The children of a type in the order of the schema, its bases' first."""
    return tuple(part for type_ in lineage(TYPES[name], TYPES) for part in type_.children)


def text_of(name: str) -> str | None:
    """The type of the text between the tags, where a type has it."""
    return TYPES[name].text
