"""Golden files: requests and answers as a person would write them, and how the two are compared.

    == What this step shows
    deposit.do as test-child-api
    orderId = <order:A>
    ->
    {"errorCode": "0", "errorMessage": "Успешно"}

`<order:A>` stands for the first id at that place, and for the same id afterwards; without a name
any value of the kind fits. With a member "..." the answer may have more members. `as` names the
caller: an API user, `token <token>` or `nobody`; without it the demo shop's user calls.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from altyn.storage.demo import DEMO_API_LOGIN, DEMO_PASSWORD

KINDS: Final = {
    "order": "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "number": "[0-9]{18}",
    "ms": "[0-9]{13}",
    "rrn": "[0-9]{12}",
    "approval": "[0-9A-Z]{6}",
    "text": r"(?s:.+)",
}
_TOKEN: Final = re.compile(rf"<({'|'.join(KINDS)})(?::(\w+))?>")
MORE_MEMBERS: Final = "..."


@dataclass(frozen=True, slots=True)
class Step:
    """One request and the answer it deserves."""

    title: str
    method: str
    who: str
    parameters: tuple[tuple[str, str], ...]
    answer: dict[str, Any]


def read_steps(path: Path) -> Iterator[Step]:
    """The steps of a golden file, in order."""
    text = re.sub(r"(?m)^#.*\n", "", path.read_text("utf-8"))
    for block in text.split("== ")[1:]:
        request, _, answer = block.partition("\n->\n")
        title, call, *lines = request.strip().splitlines()
        method, _, who = call.partition(" as ")
        pairs = (line.partition(" =") for line in lines)
        parameters = tuple((name.strip(), value.removeprefix(" ")) for name, _, value in pairs)
        yield Step(title, method.strip(), who.strip(), parameters, json.loads(answer))


def credentials(who: str) -> dict[str, str]:
    """The credentials of a caller."""
    if who == "nobody":
        return {}
    if who.startswith("token "):
        return {"token": who.removeprefix("token ")}
    return {"userName": who or DEMO_API_LOGIN, "password": DEMO_PASSWORD}


@dataclass(frozen=True, slots=True)
class Known:
    """What the tokens of a file stand for so far."""

    values: dict[str, str] = field(default_factory=dict)

    def fill(self, text: str) -> str:
        """A text of a request with its tokens replaced."""
        return _TOKEN.sub(lambda token: self.values[token[2]], text)

    def differences(self, expected: Any, got: Any, where: str = "answer") -> Iterator[str]:
        """Each place where an answer is not what is written."""
        if isinstance(expected, dict) and isinstance(got, dict):
            yield from self._members(expected, got, where)
        elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
            for place, pair in enumerate(zip(expected, got, strict=True)):
                yield from self.differences(*pair, f"{where}[{place}]")
        elif not (isinstance(expected, str) and self._fits(expected, got)) and not (
            type(expected) is type(got) and expected == got
        ):
            yield f"{where}: expected {expected!r}, got {got!r}"

    def _members(
        self, expected: Mapping[str, Any], got: Mapping[str, Any], where: str
    ) -> Iterator[str]:
        for name in sorted(expected.keys() - got.keys() - {MORE_MEMBERS}):
            yield f"{where}.{name}: expected {expected[name]!r}, is missing"
        if MORE_MEMBERS not in expected:
            for name in sorted(got.keys() - expected.keys()):
                yield f"{where}.{name}: is too much: {got[name]!r}"
        for name in expected.keys() & got.keys():
            yield from self.differences(expected[name], got[name], f"{where}.{name}")

    def _fits(self, expected: str, got: Any) -> bool:
        """Whether a text, or for `<ms>` a number, is what the tokens allow; learns new ones."""
        tokens = list(_TOKEN.finditer(expected))
        if not tokens or isinstance(got, bool) or not isinstance(got, str | int):
            return False
        if isinstance(got, int) is not (tokens[0][1] == "ms"):
            return False
        parts, names = [], []
        for before, kind, name in self._pieces(expected):
            parts.append(re.escape(before))
            if kind:
                known = self.values.get(name)
                parts.append(f"({re.escape(known) if known else KINDS[kind]})")
                names.append(name)
        found = re.fullmatch("".join(parts), str(got))
        if found is None:
            return False
        learnt = zip(names, found.groups(), strict=True)
        self.values.update({name: value for name, value in learnt if name})
        return True

    @staticmethod
    def _pieces(expected: str) -> Iterator[tuple[str, str, str]]:
        """Literal text, and the kind and name of the token behind it; both empty at the end."""
        end = 0
        for token in _TOKEN.finditer(expected):
            yield expected[end : token.start()], token[1], token[2] or ""
            end = token.end()
        yield expected[end:], "", ""
