"""A cache of rows, which are dropped when they change.

Every request needs its merchant and its user, which change once a month: they are loaded once, and
dropped when a NOTIFY says that they were changed.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Final, Generic, TypeVar

ROWS_MAX: Final = 20_000
MISSING_MAX: Final = 4_096

DIGITS_MAX: Final = 11

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class RowCache(Generic[Key, Value]):
    """Returns values from memory while `listening()`, otherwise from the database each time.

    That a key has no value is cached too, with a limit of its own: a flood of unknown logins
    removes no merchant. A missing key of many digits is not cached. A value that was loaded while
    another one was dropped is returned, but not cached: it may be older than the change.
    """

    def __init__(
        self,
        load: Callable[[Key], Awaitable[Value | None]],
        *,
        listening: Callable[[], bool],
        rows_max: int = ROWS_MAX,
        missing_max: int = MISSING_MAX,
    ) -> None:
        self._load = load
        self._listening = listening
        self._rows_max = rows_max
        self._missing_max = missing_max
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._missing: OrderedDict[Key, None] = OrderedDict()
        self._drops = 0

    async def get(self, key: Key) -> Value | None:
        """The value of a key; None when there is none."""
        if not self._listening():
            return await self._load(key)
        if key in self._values:
            self._values.move_to_end(key)
            return self._values[key]
        if key in self._missing:
            self._missing.move_to_end(key)
            return None
        drops = self._drops
        value = await self._load(key)
        if drops == self._drops:
            self._keep(key, value)
        return value

    def drop(self, key: Key) -> None:
        """Drop one key."""
        self._drops += 1
        self._values.pop(key, None)
        self._missing.pop(key, None)

    def drop_where(self, changed: Callable[[Value], bool]) -> None:
        """Drop the values for which this is true, and all keys that are cached as missing."""
        self._drops += 1
        self._missing.clear()
        for key in [key for key, value in self._values.items() if changed(value)]:
            del self._values[key]

    def drop_all(self) -> None:
        """Drop everything: notifications may have been missed."""
        self._drops += 1
        self._values.clear()
        self._missing.clear()

    def _keep(self, key: Key, value: Value | None) -> None:
        if value is None:
            if _may_be_mistyped(key):
                return
            self._missing[key] = None
            if len(self._missing) > self._missing_max:
                self._missing.popitem(last=False)
        else:
            self._values[key] = value
            if len(self._values) > self._rows_max:
                self._values.popitem(last=False)


def _may_be_mistyped(key: Hashable) -> bool:
    """Whether a key may be a card number in the wrong field, which must not stay in memory."""
    return isinstance(key, str) and sum(map(str.isdigit, key)) > DIGITS_MAX
