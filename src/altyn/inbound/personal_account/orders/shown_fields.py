"""The fields of the filter that a user has chosen to see.

A field that was not chosen is shown nevertheless while the filter uses it, so that each filter can
be changed. Source: personal-account.md §3.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from altyn.inbound.personal_account.orders.filters import STATUS, AskedFilter
from altyn.operations.order_list import OrderDate

FIELD_GROUPS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        STATUS: (STATUS,),
        "number": ("number",),
        "amount": ("from", "to", "currency"),
        "date": ("kind", "since", "until"),
        "card": ("card",),
        "holder": ("holder",),
        "bank": ("bank",),
        "approval": ("approval",),
        "email": ("email",),
        "way": ("way",),
        "code": ("code",),
        "receipt": ("receipt",),
        "id": ("id",),
        "shop": ("shop",),
    }
)
"""What is chosen together, in the order in which it is shown: fields by the name of their group."""

_OFTEN_USED: Final = tuple(
    name for name in FIELD_GROUPS if name not in {"holder", "bank", "approval"}
)
"""What a user sees who has chosen nothing."""


def chosen_groups(names: Iterable[str]) -> tuple[str, ...]:
    """The groups that are named, in their order."""
    wanted = {*names}
    return tuple(each for each in FIELD_GROUPS if each in wanted)


def shown_groups(kept: Collection[str], asked: AskedFilter) -> tuple[str, ...]:
    """The groups that a user sees: those that are kept, and those that the filter uses."""
    used = {*asked.texts, *((STATUS,) if asked.statuses else ())}
    if asked.wanted.date is OrderDate.CREATED:
        used.discard("kind")  # the form always sends it
    used |= asked.faults
    chosen = chosen_groups(kept) or _OFTEN_USED
    return tuple(
        name for name, fields in FIELD_GROUPS.items() if name in chosen or used & {*fields}
    )
