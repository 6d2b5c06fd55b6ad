"""What a gateway can be started with in addition to what is built in."""

from dataclasses import dataclass

from altyn.main.effects import EffectKind
from altyn.main.ways import RegisteredWay
from altyn.protocol.dialect import Dialect


@dataclass(frozen=True, slots=True, kw_only=True)
class Extensions:
    """Further parts of a gateway, without a change of its code."""

    effect_kinds: tuple[EffectKind, ...] = ()
    dialects: tuple[Dialect, ...] = ()
    payment_ways: tuple[RegisteredWay, ...] = ()


NO_EXTENSIONS = Extensions()
