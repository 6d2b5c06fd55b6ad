"""Rows kept in memory until somebody changes them.

Merchants and users are asked for by every request and change once a month: they are read once, and
dropped when a NOTIFY says that they changed.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Final, Generic, TypeVar

ROOM: Final = 20_000
ROOM_FOR_MISSING: Final = 4_096

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Remembered(Generic[Key, Value]):
    """Answers from memory while `listening()`, otherwise from the database each time.

    That a key has no value is remembered too, in a room of its own: a flood of unknown logins
    pushes no merchant out. A value read while something was dropped is told, but not kept: it may
    be older than the change.
    """

    def __init__(
        self,
        load: Callable[[Key], Awaitable[Value | None]],
        *,
        listening: Callable[[], bool],
        room: int = ROOM,
        room_for_missing: int = ROOM_FOR_MISSING,
    ) -> None:
        self._load = load
        self._listening = listening
        self._room = room
        self._room_for_missing = room_for_missing
        self._known: OrderedDict[Key, Value] = OrderedDict()
        self._missing: OrderedDict[Key, None] = OrderedDict()
        self._drops = 0

    async def get(self, key: Key) -> Value | None:
        """The value of a key; None when there is none."""
        if not self._listening():
            return await self._load(key)
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        if key in self._missing:
            self._missing.move_to_end(key)
            return None
        drops = self._drops
        value = await self._load(key)
        if drops == self._drops:
            self._keep(key, value)
        return value

    def drop(self, key: Key) -> None:
        """Forget one key."""
        self._drops += 1
        self._known.pop(key, None)
        self._missing.pop(key, None)

    def drop_where(self, changed: Callable[[Value], bool]) -> None:
        """Forget the values of which this is true, and all that is known to be missing."""
        self._drops += 1
        self._missing.clear()
        for key in [key for key, value in self._known.items() if changed(value)]:
            del self._known[key]

    def drop_all(self) -> None:
        """Forget everything: for when it is not known what was missed."""
        self._drops += 1
        self._known.clear()
        self._missing.clear()

    def _keep(self, key: Key, value: Value | None) -> None:
        if value is None:
            self._missing[key] = None
            if len(self._missing) > self._room_for_missing:
                self._missing.popitem(last=False)
        else:
            self._known[key] = value
            if len(self._known) > self._room:
                self._known.popitem(last=False)
