"""Changes of a shop as users type them: `hold_days=5`, `+refund`, `-two_phase`.

All changes of a command are checked before the first one is applied.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from altyn.cli.output import CommandError
from altyn.domain.merchant import Permission
from altyn.operations.staff.setting_table import suggestion

DEFAULT_WORDS: Final = frozenset({"", "default"})


@dataclass(frozen=True, slots=True)
class Changes:
    """Settings by key (None restores the default), permissions to grant, permissions to revoke."""

    settings: Mapping[str, str | None]
    granted: frozenset[Permission]
    revoked: frozenset[Permission]

    def applied_to(self, permissions: Collection[Permission]) -> dict[str, object]:
        """The changes in the form that `change_settings` takes."""
        changes: dict[str, object] = dict(self.settings)
        if self.granted or self.revoked:
            changes["permissions"] = sorted((set(permissions) | self.granted) - self.revoked)
        return changes


def read_changes(words: Sequence[str]) -> Changes:
    """The changes that the words of a command name.

    Refuses with CommandError: an unknown option, a word that is not a change, an unknown
    permission, a permission that is both granted and revoked.
    """
    settings: dict[str, str | None] = {}
    granted: set[Permission] = set()
    revoked: set[Permission] = set()
    for word in words:
        if word.startswith("--"):
            raise CommandError(f"{word!r} is no option of this command; --help lists its options.")
        if word[:1] in {"+", "-"} and "=" not in word:
            (granted if word[0] == "+" else revoked).add(_permission(word[1:]))
            continue
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise CommandError(
                f"{word!r} is not a change. Write KEY=VALUE (hold_days=5), +permission or "
                "-permission; `altyn merchant settings` lists all of them."
            )
        settings[key] = None if value in DEFAULT_WORDS else value
    both = granted & revoked
    if both:
        raise CommandError(f"{', '.join(sorted(both))}: both granted and revoked. Choose one.")
    return Changes(settings, frozenset(granted), frozenset(revoked))


def _permission(name: str) -> Permission:
    try:
        return Permission(name)
    except ValueError:
        hint = suggestion(name, sorted(Permission))
        raise CommandError(f"There is no permission {name!r}; {hint}") from None
