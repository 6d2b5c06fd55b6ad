"""Reads the golden carts: a registration in JSON, and its outcome in the text of the same name.

The text has the rule that the cart is about, the command `altyn cart check` with all that it
prints, and the error code and text of register.do; 0 alone is an accepted registration.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent / "golden"
_COMMAND: Final = "$ altyn cart check "
_ANSWER: Final = "\nregister.do\n"

# Options of the command, and the settings of a merchant that they stand for.
_SETTINGS: Final[dict[str, tuple[str, object]]] = {
    "--ffd 1.05": ("fiscal.ffd", "1.05"),
    "--ffd 1.2": ("fiscal.ffd", "1.2"),
    "--strict-payer-identity": ("fiscal.strict_payer_identity", True),
}


@dataclass(frozen=True, slots=True)
class GoldenCart:
    """One cart with its outcome. `options` are words of `altyn cart check`."""

    name: str
    rule: str
    options: tuple[str, ...]
    printed: str
    code: str
    text: str

    @property
    def file(self) -> Path:
        return FOLDER / f"{self.name}.json"

    @property
    def registration(self) -> dict[str, Any]:
        """The parameters of register.do."""
        read: dict[str, Any] = json.loads(self.file.read_text("utf-8"))
        return read

    @property
    def settings(self) -> dict[str, object]:
        """The merchant's settings that differ from the demo shop's."""
        words = " ".join(self.options)
        return dict(setting for option, setting in _SETTINGS.items() if option in words)

    @property
    def faults(self) -> list[str]:
        """The faults as they are printed."""
        return [line.strip() for line in self.printed.splitlines() if line.startswith("  ")]

    @property
    def notes(self) -> list[str]:
        """What is accepted without effect."""
        lines = self.printed.splitlines()
        return [line[len("Note: ") : -1] for line in lines if line.startswith("Note: ")]


def golden_carts() -> list[GoldenCart]:
    """Every golden cart, by name."""
    return [_read(file) for file in sorted(FOLDER.glob("*.txt"))]


def _read(file: Path) -> GoldenCart:
    content = file.read_text("utf-8")
    rule, _, rest = content.partition("\n\n" + _COMMAND)
    checked, _, answer = rest.partition(_ANSWER)
    command, _, printed = checked.partition("\n")
    name, *options = command.split()
    assert name == f"{file.stem}.json", f"{file.name} checks {name}"
    code, _, text = answer.rstrip("\n").partition(" ")
    return GoldenCart(file.stem, rule, tuple(options), printed, code, text)
