"""A section of settings as a form: what is stored, what was typed, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from altyn.domain.merchant import MerchantSettings
from altyn.inbound.personal_account.access import AccountRequest
from altyn.inbound.personal_account.settings.fields import (
    Kind,
    Removal,
    Typed,
    is_sent,
    kind_of,
    options_of,
    shown,
    typed,
    value_of,
)
from altyn.inbound.personal_account.settings.setting_words import SETTING_WORDS
from altyn.inbound.personal_account.settings.texts import settings_text
from altyn.inbound.web.problem_texts import russian_problem
from altyn.operations.staff.errors import SettingRefusedError
from altyn.operations.staff.setting_table import SETTINGS, by_key, check_changes
from altyn.operations.staff.shop_settings import (
    NEEDED_PERMISSIONS,
    PROVIDER_SETTINGS,
    SHOP_SETTINGS,
    SettingSection,
    may_change,
)

APART: Final = frozenset({"page_logo"})
"""Settings that have a form of their own."""

_ALLOWED: Final = {setting.key: setting.allowed for setting in SETTINGS}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a field is refused: in the reader's language, and in the API's own words."""

    text: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field as the template shows it.

    `stored` is the stored value in words where it differs from what was typed and the settings
    were changed meanwhile. `removal`: what removes a secret value, and what that changes.
    """

    key: str
    kind: str
    label: str
    effect: str
    value: Typed
    options: Sequence[tuple[str, str]] = ()
    problem: Problem | None = None
    stored: str = ""
    closed: str = ""
    is_set: bool = False
    removal: tuple[str, str] | None = None
    removing: bool = False

    @property
    def id(self) -> str:
        """The id of the field in the page."""
        return self.key.replace(".", "-")


@dataclass(frozen=True, slots=True)
class SectionForm:
    """The fields of a section over the settings that are in force."""

    section: SettingSection
    settings: MerchantSettings
    language: str
    sent: Mapping[str, Typed] = field(default_factory=dict)
    problems: Mapping[str, Problem] = field(default_factory=dict)
    conflict: bool = False

    @property
    def keys(self) -> list[str]:
        """The settings of the form."""
        return [key for key in SHOP_SETTINGS[self.section] if key not in APART]

    def read(self, asked: AccountRequest) -> dict[str, Typed]:
        """What was typed, for each setting of the form that the shop may change."""
        return {
            key: typed(key, asked)
            for key in self.keys
            if may_change(key, self.settings) and is_sent(key, asked)
        }

    def changes(self, sent: Mapping[str, Typed]) -> dict[str, object]:
        """What was typed and differs from the settings in force."""
        stored = by_key(self.settings)
        found = {}
        for key, value in sent.items():
            if value == shown(key, stored[key], self.language):
                continue
            if value is Removal.REMOVED and not stored[key]:
                continue
            if isinstance(value, (list, tuple)) and set(value) == set(_lines(stored[key])):
                continue
            found[key] = value_of(key, value, stored[key])
        return found

    def refusals(self, changes: Mapping[str, object]) -> dict[str, Problem]:
        """Every changed field whose own value is refused."""
        found = {}
        for key, value in changes.items():
            if self.sent.get(key) is Removal.WITH_VALUE:
                text = settings_text("remove_or_set", language=self.language)
                found[key] = Problem(text, "")
                continue
            try:
                check_changes({key: value})
            except SettingRefusedError as error:
                found[key] = self.problem(error)
        return found

    def problem(self, error: SettingRefusedError) -> Problem:
        """A refusal in the reader's language."""
        words = SETTING_WORDS.get(error.key)
        allowed = words.allowed if words else ""
        text = settings_text("refused", language=self.language, allowed=allowed)
        # The rule of the table is in the Russian sentence; only what goes beyond it is added.
        known = self.language != "en" and error.allowed == _ALLOWED.get(error.key)
        russian = None if self.language == "en" else russian_problem(error.allowed)
        if russian is not None:
            return Problem(f"{text} {russian}", "")
        return Problem(text, "" if known else error.allowed)

    def fields(self) -> list[FormField]:
        """The fields that the shop changes."""
        return [self._field(key) for key in self.keys]

    def of_provider(self) -> list[tuple[str, str, str]]:
        """Label, effect and value of the settings that only the provider changes."""
        stored = by_key(self.settings)
        rows = []
        for key in PROVIDER_SETTINGS.get(self.section, ()):
            words = SETTING_WORDS[key]
            value = self.in_words(key, stored[key])
            rows.append((words.label.text(self.language), words.effect.text(self.language), value))
        return rows

    def in_words(self, key: str, value: object) -> str:
        """A stored value as text."""
        text = shown(key, value, self.language)
        assert not isinstance(text, Removal), "a stored value is never one that is to be removed"
        if isinstance(text, bool):
            return settings_text("yes" if text else "no", language=self.language)
        if isinstance(text, Mapping):
            text = [f"{name}: {each}" for name, each in text.items()]
        joined = text.replace("\n", ", ") if isinstance(text, str) else ", ".join(text)
        return joined or settings_text("empty_value", language=self.language)

    def _field(self, key: str) -> FormField:
        stored, words = by_key(self.settings)[key], SETTING_WORDS[key]
        value = self.sent.get(key, shown(key, stored, self.language))
        kind = kind_of(key)
        secret = kind is Kind.SECRET
        differs = self.conflict and not secret and key in self.changes({key: value})
        needed = NEEDED_PERMISSIONS.get(key)
        closed = "" if may_change(key, self.settings) else str(needed)
        return FormField(
            key=key,
            kind=kind.value,
            label=words.label.text(self.language),
            effect=words.effect.text(self.language),
            value="" if isinstance(value, Removal) or secret else value,
            options=options_of(key, self.settings, self.language),
            problem=self.problems.get(key),
            stored=self.in_words(key, stored) if differs else "",
            closed=closed,
            is_set=secret and bool(stored),
            removal=words.removal.texts(self.language) if words.removal and stored else None,
            removing=isinstance(value, Removal),
        )


def _lines(stored: object) -> Sequence[str]:
    return [str(each) for each in stored] if isinstance(stored, tuple) else ()
