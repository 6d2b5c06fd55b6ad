"""What a user keeps for the list of orders: named filters, and what is shown of it.

Source: personal-account.md §3.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from altyn.domain.account.user import AccountUser

FILTERS_MAX: Final = 30
"""So many filters of one user are kept."""

NAME_CHARS_MAX: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLists:
    """Filters by name, each as the query of an address; the names of columns and of filter fields.

    No columns, or no fields: those that everyone begins with.
    """

    filters: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


class KeptListStore(Protocol):
    """Keeps the lists of users. Each user has its own."""

    async def of(self, user: AccountUser) -> KeptLists: ...

    async def keep_filter(self, user: AccountUser, name: str, query: str) -> bool:
        """Keep a filter; one with the same name is replaced. False: there are FILTERS_MAX."""
        ...

    async def remove_filter(self, user: AccountUser, name: str) -> None: ...
    async def keep_columns(self, user: AccountUser, columns: tuple[str, ...]) -> None: ...
    async def keep_fields(self, user: AccountUser, fields: tuple[str, ...]) -> None: ...
