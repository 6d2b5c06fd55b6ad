"""An attempt from the check of its limits until it is saved: the store does not count it yet."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final, Self

from altyn.domain.card.attempt_limits import UnpaidAttempts

Key = tuple[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitedAttempt:
    """What the limits of an attempt are about; `network` is None where no address is known."""

    merchant_id: int
    fingerprint: str
    network: str | None

    @property
    def keys(self) -> tuple[Key, ...]:
        """The keys under which it is counted in memory: those of its card, and of its network."""
        card = (self.merchant_id, self.fingerprint)
        return (card, (self.merchant_id, self.network)) if self.network else (card,)


class Stage(Enum):
    """How far an attempt is. Only an admitted one is certain to count, and not to be saved yet."""

    CHECKING = auto()  # a limit may refuse it, and then it does not count
    ADMITTED = auto()
    SAVING = auto()  # the store may count it
    ENDED = auto()


_PASSING: Final = frozenset({Stage.CHECKING, Stage.SAVING})


@dataclass(slots=True, eq=False)
class Beginning:
    """An attempt that begins. Its stages come in order, and one may be passed over."""

    attempt: LimitedAttempt
    earlier: "Earlier"
    _in_progress: "InProgress"
    _stage: Stage = field(default=Stage.CHECKING)
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def stage(self) -> Stage:
        """How far the attempt is."""
        return self._stage

    def __enter__(self) -> Self:
        """Count the attempt in memory."""
        self._in_progress.add(self)
        return self

    def __exit__(self, *_: object) -> None:
        """Count it no longer."""
        self.end()

    def admit(self) -> None:
        """No limit refuses the attempt."""
        self._move(Stage.ADMITTED)

    def saving(self) -> Self:
        """The attempt is about to be saved: from now on the store may count it."""
        self._move(Stage.SAVING)
        return self

    def end(self) -> None:
        """The attempt is saved, so that the store counts it; or it does not count."""
        if self._stage is not Stage.ENDED:
            self._in_progress.remove(self)
            self.earlier = NOTHING_EARLIER  # or each attempt would keep all those before it
        self._move(Stage.ENDED)

    async def passed(self) -> None:
        """Wait until the attempt is admitted or has ended: no longer than statements take."""
        while self._stage in _PASSING:
            await self._moved.wait()

    def _move(self, stage: Stage) -> None:
        if self._stage is not Stage.ENDED:
            self._stage = stage
            self._moved.set()
            self._moved = asyncio.Event()


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """Attempts that began before another one: with its card, and from its network of payers."""

    with_card: tuple[Beginning, ...]
    from_network: tuple[Beginning, ...]

    def in_progress(self) -> "Earlier":
        """Those that have not ended."""
        return Earlier(
            with_card=tuple(each for each in self.with_card if each.stage is not Stage.ENDED),
            from_network=tuple(each for each in self.from_network if each.stage is not Stage.ENDED),
        )

    def at_most(self) -> UnpaidAttempts:
        """How many of them count, if the store counts none."""
        return UnpaidAttempts(with_card=len(self.with_card), from_network=len(self.from_network))

    def at_least(self) -> UnpaidAttempts:
        """How many of them count for certain, and are not saved."""
        return UnpaidAttempts(
            with_card=_admitted(self.with_card), from_network=_admitted(self.from_network)
        )

    async def passed(self) -> None:
        """Wait for those that a limit may still refuse, and those that are being saved.

        An attempt waits for earlier ones only, so no two wait for each other.
        """
        for each in (*self.with_card, *self.from_network):
            await each.passed()


NOTHING_EARLIER: Final = Earlier(with_card=(), from_network=())


def _admitted(beginnings: Iterable[Beginning]) -> int:
    return sum(each.stage is Stage.ADMITTED for each in beginnings)


class InProgress:
    """The attempts of a process that have not ended, by their cards and networks, oldest first."""

    def __init__(self) -> None:
        self._by_key: dict[Key, dict[Beginning, None]] = {}

    def before(self, attempt: LimitedAttempt) -> Earlier:
        """Those that count with this attempt."""
        with_card, *from_network = (tuple(self._by_key.get(key, ())) for key in attempt.keys)
        return Earlier(with_card=with_card, from_network=from_network[0] if from_network else ())

    def add(self, beginning: Beginning) -> None:
        """Count an attempt."""
        for key in beginning.attempt.keys:
            self._by_key.setdefault(key, {})[beginning] = None

    def remove(self, beginning: Beginning) -> None:
        """Count it no longer; an attempt that was not added is passed over."""
        for key in beginning.attempt.keys:
            counted = self._by_key.get(key, {})
            counted.pop(beginning, None)
            if not counted:
                self._by_key.pop(key, None)
