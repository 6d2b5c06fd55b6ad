"""The result of one check of `altyn doctor`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """The subject of a check, its result, and the remedy; an empty remedy: nothing is wrong."""

    subject: str
    result: str
    remedy: str = ""
