"""The parameters of a request as one flat set of named texts, from query, form, JSON or multipart.

Source: rest-orders.md §1.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from altyn.domain.clearing import drop_values

_NUL: Final = "\0"


@dataclass(frozen=True, slots=True)
class Fields:
    """Names and values as sent, those of the query string first. The case of letters matters.

    - `malformed`: names whose text held U+0000 or half of a surrogate pair, which PostgreSQL cannot
      keep; U+FFFD replaces it, so that a value can always be stored.
    - `malformed_body`: why a body or a query string gave no fields; those of the other are here.
    - `broken_encoding`: bytes that are text neither in UTF-8 nor in the declared charset became
      U+FFFD.
    - `in_address`: names with a value in the query string, which access logs keep.

    `repr` shows neither names nor values: they hold passwords and cards, and a body that was read
    wrongly puts such values into the names.
    """

    values: Mapping[str, tuple[str, ...]] = field(repr=False)
    malformed: frozenset[str] = field(default=frozenset(), repr=False)
    malformed_body: str | None = None
    broken_encoding: bool = False
    in_address: frozenset[str] = field(default=frozenset(), repr=False)

    @classmethod
    def of(
        cls,
        pairs: Iterable[tuple[str, str]],
        *,
        malformed_body: str | None = None,
        broken_encoding: bool = False,
        in_address: frozenset[str] = frozenset(),
    ) -> Fields:
        values: dict[str, tuple[str, ...]] = {}
        malformed: set[str] = set()
        for sent_name, sent_value in pairs:
            name, value = sent_name, sent_value
            if _NUL in name or _NUL in value:
                name, value = name.replace(_NUL, "\ufffd"), value.replace(_NUL, "\ufffd")
                malformed.add(name)
            values[name] = (*values[name], value) if name in values else (value,)
        return cls(values, frozenset(malformed), malformed_body, broken_encoding, in_address)

    def get(self, name: str) -> str | None:
        """The first value, as a servlet's getParameter gives it: the query wins over the body."""
        values = self.values.get(name)
        return None if values is None else values[0]

    def get_all(self, name: str) -> tuple[str, ...]:
        return self.values.get(name, ())

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Each name with each of its values."""
        return ((name, value) for name, values in self.values.items() for value in values)

    def drop(self, names: Iterable[str]) -> None:
        """Overwrite the values of these names; the names stay, with an empty value."""
        assert isinstance(self.values, dict)
        drop_values(self.values, names)

    def __contains__(self, name: object) -> bool:
        return name in self.values

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def __len__(self) -> int:
        return len(self.values)
