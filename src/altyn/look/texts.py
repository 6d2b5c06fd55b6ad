"""Texts in the two languages of our pages and mails."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

LANGUAGES: Final[Mapping[str, str]] = MappingProxyType({"ru": "Русский", "en": "English"})
"""The languages, each with its own name for itself."""


class Words(NamedTuple):
    """One text in both languages. A value is inserted at {name}."""

    ru: str
    en: str

    def text(self, language: str, **values: object) -> str:
        """The text in English or, for any other language, in Russian, with its values filled in.

        Raises KeyError for a missing value.
        """
        return (self.en if language == "en" else self.ru).format(**values)
