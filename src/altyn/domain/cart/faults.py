"""What is wrong in a cart: every fault with its place, its value and the rule.

Source: fiscal.md §7.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec

VALUE_SHOWN: Final = 60  # characters
_WITHIN_ATTRIBUTES: Final = re.compile(r"^itemAttributes\.attributes\[[0-9]+\]\.")


class FaultKind(StrEnum):
    """The kinds of faults, in the order in which the first one is answered."""

    FORMAT = "cart_format"
    MANDATORY = "cart_mandatory"
    CURRENCY = "cart_currency"
    SUM = "cart_sum"
    QUANTITY = "cart_quantity"


@dataclass(frozen=True, slots=True)
class CartFault:
    """One fault. `path` is its place in the document: `cartItems.items[2].itemAmount`.

    `position` names the position for people: `position 3 (A-17)`; empty for the whole cart.
    `section` is the section of fiscal.md that has the rule.
    """

    kind: FaultKind
    path: str
    rule: str
    section: str
    position: str = ""
    value: str = ""

    @property
    def text(self) -> str:
        """The fault in one sentence, for a developer."""
        if not self.position:
            place = self.path
        else:
            place = f"{self.position}: {_WITHIN_ATTRIBUTES.sub('', self.path.partition('].')[2])}"
        return f"{place} {self.value}, {self.rule}" if self.value else f"{place}: {self.rule}"

    @property
    def members(self) -> dict[str, str]:
        """The fault as JSON shows it: in `altyn cart check --json`, and in answers (cartFaults)."""
        return {
            "path": self.path,
            "position": self.position,
            "value": self.value,
            "rule": self.rule,
            "kind": self.kind.value,
            "section": f"fiscal.md §{self.section}",
        }


def first_fault(faults: Sequence[CartFault]) -> CartFault:
    """The fault that the answer names: by kind, then by place in the document."""
    kinds = tuple(FaultKind)
    return min(faults, key=lambda fault: kinds.index(fault.kind))


def shown(value: object) -> str:
    """A value of the document as it stands in a fault's text: short, and on one line."""
    text = f'"{value}"' if isinstance(value, str) else str(value)
    if isinstance(value, dict | list | bool | None):
        text = msgspec.json.encode(value).decode()
    if not text.isprintable():
        text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= VALUE_SHOWN else f"{text[:VALUE_SHOWN]}…"
