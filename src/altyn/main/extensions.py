"""The parts that can be added to a gateway at its start."""

from dataclasses import dataclass

from altyn.main.effects import EffectKind
from altyn.main.mails import RegisteredMail
from altyn.main.ways import RegisteredWay
from altyn.protocol.dialect import Dialect


@dataclass(frozen=True, slots=True, kw_only=True)
class Extensions:
    """Parts that are added to the built-in ones, without a change of the gateway's code."""

    effect_kinds: tuple[EffectKind, ...] = ()
    dialects: tuple[Dialect, ...] = ()
    mails: tuple[RegisteredMail, ...] = ()
    payment_ways: tuple[RegisteredWay, ...] = ()


NO_EXTENSIONS = Extensions()
