"""A static link: its address, and what it says. It works as long as its token does.

`…/payform-1.html?token=T&amount=499.99&ask=email`: a value in the address is fixed, a name after
`ask=` is typed by the payer. Amounts are in roubles. Source: personal-account.md §5.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

FOLDER: Final = "/demopayment/docsite"
FORM_PATH: Final = f"{FOLDER}/payform-1.html"
TOKEN: Final = "token"  # noqa: S105 - the name of a parameter
ASK: Final = "ask"
LANGUAGE: Final = "lang"
AMOUNT: Final = "amount"
FIELDS: Final = (AMOUNT, "email", "phone", "description", "orderNumber")
"""What a link can fix or ask for, in the order of the form."""

FIELD_CHARS: Final = 598


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticLink:
    """A token, the fixed values by name, and the names that the payer is asked for."""

    token: str
    fixed: Mapping[str, str] = field(default_factory=dict)
    asked: tuple[str, ...] = ()

    @property
    def typed(self) -> tuple[str, ...]:
        """The fields that the payer types. Without a fixed amount the amount is one of them."""
        wanted = {*self.asked, AMOUNT}
        return tuple(name for name in FIELDS if name in wanted and name not in self.fixed)

    @property
    def query(self) -> str:
        """The query of the address."""
        pairs = [(TOKEN, self.token), *self.fixed.items(), *((ASK, each) for each in self.asked)]
        return urlencode(pairs)

    def address(self, base_url: str) -> str:
        """The whole address."""
        return f"{base_url}{FORM_PATH}?{self.query}"


def read_static_link(pairs: Sequence[tuple[str, str]]) -> StaticLink:
    """The link of an address. Of a value that was sent more than once, the last one is read."""
    sent = {name: value.strip()[:FIELD_CHARS] for name, value in pairs}
    asked = {value for name, value in pairs if name == ASK}
    fixed = {name: sent[name] for name in FIELDS if sent.get(name)}
    names = tuple(name for name in FIELDS if name in asked and name not in fixed)
    return StaticLink(token=sent.get(TOKEN, ""), fixed=fixed, asked=names)


def unknown_names(pairs: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """What of an address has no effect, for the developer of the shop."""
    known = {TOKEN, ASK, LANGUAGE, *FIELDS}
    names = [name for name, _ in pairs if name not in known]
    asked = [f"{ASK}={value}" for name, value in pairs if name == ASK and value not in FIELDS]
    return tuple(dict.fromkeys((*names, *asked)))
