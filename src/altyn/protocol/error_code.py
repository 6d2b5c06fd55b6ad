"""An error code of a dialect: its number and its texts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """A number of the wire with its Russian and English text. `{name}` is the parameter."""

    code: int
    ru: str
    en: str

    def text(self, language: str, *, name: str = "") -> str:
        """The text in this language (Russian for any but `en`)."""
        return (self.en if language == "en" else self.ru).replace("{name}", name)
