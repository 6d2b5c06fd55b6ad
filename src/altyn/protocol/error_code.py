"""An error code of a dialect: its number and its texts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from altyn.domain.moscow import to_moscow

UNTIL_FORMAT: Final = "%d.%m.%Y %H:%M"


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """A number of the wire with its Russian and English text. `{name}` is the parameter,
    `{until}` a time in Moscow: 27.11.2026 18:42."""

    code: int
    ru: str
    en: str

    def text(self, language: str, *, name: str = "", until: datetime | None = None) -> str:
        """The text in this language (Russian for any but `en`)."""
        text = (self.en if language == "en" else self.ru).replace("{name}", name)
        return text.replace("{until}", f"{to_moscow(until):{UNTIL_FORMAT}}") if until else text
