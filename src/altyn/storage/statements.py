r"""SQL by name: every statement is in `queries/*.sql`, and Python only calls it.

What several statements do in the same words is a file in `queries/parts`. A line such as
`\ir parts/audit_entry.sql` stands for it; `sql_text` puts the part in its place.

Statements use named parameters (`:merchant_ids`); they are numbered here, once, when the file is
first read. The casts in the SQL tell PostgreSQL the types.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

_NAMED = re.compile(r"(?<!:):([a-z_]+)")
_INCLUDED = re.compile(r"^\\ir parts/([a-z_]+)\.sql$", re.MULTILINE)
_COMMENT = re.compile(r"--[^\n]*")
_ITEMS_OF_A_GENERIC_PLAN: Final = 10

Key = TypeVar("Key", int, str, bytes, UUID)


class Connection(Protocol):
    """The part of an asyncpg connection or pool that runs a statement."""

    async def fetch(self, query: str, /, *args: Any) -> list[Any]: ...


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement, its parameters in the order PostgreSQL wants them."""

    name: str
    sql: str
    parameters: tuple[str, ...]

    async def fetch(self, connection: Any, **values: Any) -> list[Any]:
        """Run the statement and return its rows."""
        rows: list[Any] = await connection.fetch(self.sql, *self._arguments(values))
        return rows

    async def fetch_each(self, connection: Any, calls: Iterable[dict[str, Any]]) -> list[Any]:
        """Run the statement once for each set of values, in one round trip and transaction.

        Returns the rows of all of them, in the order of the calls.
        """
        arguments = [self._arguments(values) for values in calls]
        if len(arguments) == 1:  # needs no transaction
            return list(await connection.fetch(self.sql, *arguments[0]))
        rows: list[Any] = await connection.fetchmany(self.sql, arguments)
        return rows

    async def execute(self, connection: Any, **values: Any) -> None:
        """Run the statement for its effect."""
        await connection.execute(self.sql, *self._arguments(values))

    def _arguments(self, values: dict[str, Any]) -> list[Any]:
        assert values.keys() == set(self.parameters), f"{self.name}: {self.parameters}"
        return [values[name] for name in self.parameters]


def sql_text(name: str) -> str:
    """The text of `queries/<name>.sql`, with the parts that it includes."""
    folder = files("altyn.storage") / "queries"
    text = (folder / f"{name}.sql").read_text(encoding="utf-8")
    return _INCLUDED.sub(lambda found: sql_text(f"parts/{found[1]}").rstrip("\n"), text)


@cache
def statement(name: str) -> Statement:
    """The statement of `queries/<name>.sql`."""
    parameters: list[str] = []

    def number(match: re.Match[str]) -> str:
        if match[1] not in parameters:
            parameters.append(match[1])
        return f"${parameters.index(match[1]) + 1}"

    sql = _NAMED.sub(number, _COMMENT.sub("", sql_text(name))).strip()
    return Statement(name, sql, tuple(parameters))


def key_array(keys: Iterable[Key]) -> list[Key]:
    """Each of the keys once, as an array parameter; the last one is repeated up to ten items.

    PostgreSQL keeps one generic plan of a prepared statement if that plan's cost is not above the
    cost of a plan for the values at hand. A generic plan counts ten items in each array, so that
    with a shorter array the statement would be planned again at each call: for a single order that
    takes longer than the load itself. For `= ANY`, where a repeated item changes nothing.
    """
    distinct = list(dict.fromkeys(keys))
    return distinct + distinct[-1:] * (_ITEMS_OF_A_GENERIC_PLAN - len(distinct))
