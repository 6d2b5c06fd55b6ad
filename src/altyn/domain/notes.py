"""Notes: what a request sent and does not get, although it is accepted."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """A parameter that is ignored, bounded, or not served yet, and why.

    Neither holds a value of the request: a value may be a secret.
    """

    parameter: str
    text: str

    def __str__(self) -> str:
        """The note as the log, the history and the rule header show it."""
        return f"{self.parameter}: {self.text}"


Notes = tuple[Note, ...]
