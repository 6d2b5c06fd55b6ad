"""Changes to a merchant as a person types them: `hold_days=5`, `+refund`, `-two_phase`.

It exists so that one line at a terminal says what changes, and a slip is told before anything does.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from altyn.cli.output import CommandError
from altyn.domain.merchant import Permission

NOTHING = frozenset({"", "default"})


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to change: settings by key (None: back to the default), permissions to add, to take
    away."""

    settings: Mapping[str, str | None]
    opened: frozenset[Permission]
    closed: frozenset[Permission]

    def applied_to(self, permissions: Collection[Permission]) -> dict[str, object]:
        """The changes as `change_settings` takes them."""
        changes: dict[str, object] = dict(self.settings)
        if self.opened or self.closed:
            changes["permissions"] = sorted((set(permissions) | self.opened) - self.closed)
        return changes


def read_changes(words: Sequence[str]) -> Changes:
    """Read the words of a command.

    Refuses with CommandError: a word that is no change, an unknown permission, a permission that
    is both opened and closed.
    """
    settings: dict[str, str | None] = {}
    opened: set[Permission] = set()
    closed: set[Permission] = set()
    for word in words:
        if word[:1] in {"+", "-"} and "=" not in word:
            (opened if word[0] == "+" else closed).add(_permission(word[1:]))
            continue
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise CommandError(
                f"{word!r} is no change. Write KEY=VALUE (hold_days=5), +permission or "
                "-permission; `altyn merchant settings` lists them all."
            )
        settings[key] = None if value in NOTHING else value
    both = opened & closed
    if both:
        raise CommandError(f"{', '.join(sorted(both))}: opened and closed at once. Choose one.")
    return Changes(settings, frozenset(opened), frozenset(closed))


def _permission(name: str) -> Permission:
    try:
        return Permission(name)
    except ValueError:
        known = ", ".join(sorted(Permission))
        raise CommandError(f"There is no permission {name!r}. There are: {known}.") from None
