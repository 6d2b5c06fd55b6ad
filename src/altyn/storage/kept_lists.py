"""The filters and columns that users of the personal account keep, in PostgreSQL."""

from typing import Final

from altyn.domain.account.user import AccountUser
from altyn.operations.account.kept_lists import FILTERS_MAX, KeptLists
from altyn.storage.database import Pool
from altyn.storage.statements import statement

FILTER: Final = "filter"
COLUMNS: Final = "columns"
FIELDS: Final = "fields"


class KeptListTables:
    """The `KeptListStore` port."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of(self, user: AccountUser) -> KeptLists:
        """What a user keeps."""
        rows = await statement("load_account_lists").fetch(self._pool, **_of(user))
        names = {row["kind"]: tuple(filter(None, row["query"].split(","))) for row in rows}
        return KeptLists(
            filters={row["name"]: row["query"] for row in rows if row["kind"] == FILTER},
            columns=names.get(COLUMNS, ()),
            fields=names.get(FIELDS, ()),
        )

    async def keep_filter(self, user: AccountUser, name: str, query: str) -> bool:
        """Keep a filter. False: there are too many."""
        rows = await statement("keep_account_list").fetch(
            self._pool, **_of(user), kind=FILTER, name=name, query=query, limit=FILTERS_MAX
        )
        return bool(rows)

    async def remove_filter(self, user: AccountUser, name: str) -> None:
        """Remove a filter."""
        await statement("remove_account_list").execute(
            self._pool, **_of(user), kind=FILTER, name=name
        )

    async def keep_columns(self, user: AccountUser, columns: tuple[str, ...]) -> None:
        """Keep the columns that are shown."""
        await self._keep_names(user, COLUMNS, columns)

    async def keep_fields(self, user: AccountUser, fields: tuple[str, ...]) -> None:
        """Keep the fields of the filter that are shown."""
        await self._keep_names(user, FIELDS, fields)

    async def _keep_names(self, user: AccountUser, kind: str, names: tuple[str, ...]) -> None:
        await statement("keep_account_list").fetch(
            self._pool, **_of(user), kind=kind, name="", query=",".join(names), limit=1
        )


def _of(user: AccountUser) -> dict[str, int | str]:
    return {"merchant_id": user.merchant_id, "login": user.login}
