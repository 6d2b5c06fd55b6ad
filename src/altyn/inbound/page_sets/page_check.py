"""Checks one page of a set, and writes a new page from what was checked.

What the gateway serves is not the text that was uploaded: it is written from the tokens that were
allowed, with every value quoted and escaped. So a browser reads what the check has read.
Source: personal-account.md §6; payment-page.md §3.2.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape, unescape
from itertools import chain, pairwise
from typing import Final

from altyn.domain.page_set import VALUES_MAX, Fault
from altyn.inbound.page_sets.addresses import FileCheck
from altyn.inbound.page_sets.allowed import (
    ALLOWED,
    DROPPED,
    HIDDEN_FIELDS,
    VOID,
    is_allowed,
    is_value,
)
from altyn.inbound.page_sets.markup import EndTag, StartTag, Text, Token, Unread, read_markup
from altyn.inbound.page_sets.order_values import LINKS, VALUES, place_of
from altyn.inbound.page_sets.style import check_style

DOCTYPE: Final = "<!doctype html>\n"
_END: Final = EndTag(0, "")


@dataclass
class PageCheck:
    """The check of one page. `fields` are the names of its fields and buttons."""

    check: FileCheck
    fields: set[str] = field(default_factory=set)
    _values: int = 0

    def written(self, text: str) -> str:
        """The page without what is not allowed; what that was is in `check.findings`."""
        return DOCTYPE + "".join(self._pieces(read_markup(text)))

    def _pieces(self, tokens: Iterable[Token]) -> Iterator[str]:
        """What is written for each token. The text below `data-order` is a sample."""
        sample = ""
        for token, following in pairwise(chain(tokens, [_END])):
            match token:
                case Text(line, text):
                    if sample and following != EndTag(_line_of(following), sample):
                        self.check.report(Fault.ORDER_VALUE, line, text)
                    yield "" if sample else escape(text, quote=False)
                case StartTag():
                    if sample:
                        self.check.report(Fault.ORDER_VALUE, token.line, f"<{token.name}>")
                    yield self._start(token)
                    sample = token.name if _order_value(token) in VALUES else ""
                case EndTag(_, name):
                    sample = ""
                    yield f"</{name}>" if name in ALLOWED and name not in VOID else ""
                case Unread(line, text):
                    self.check.report(Fault.MARKUP, line, text)

    # ── Elements ──────────────────────────────────────────────────────────────────────────────────

    def _start(self, tag: StartTag) -> str:
        if tag.name == "script":
            self.check.report(Fault.SCRIPT, tag.line, dict(tag.attributes).get("src", "<script>"))
            return ""
        if tag.name not in ALLOWED:
            self.check.report(Fault.ELEMENT, tag.line, f"<{tag.name}>")
            return ""
        attributes = "".join(self._attributes(tag))
        self._check_form(tag)
        written = f"<{tag.name}{attributes}>{self._order_place(tag)}"
        return written + self._content(tag)

    def _content(self, tag: StartTag) -> str:
        """The content and the end tag of an element whose content is a text."""
        if tag.name not in {"title", "style"}:
            return ""
        if "<" in tag.content:  # browsers may see the end of the element there
            self.check.report(Fault.MARKUP, tag.line, tag.content[tag.content.index("<") :])
            return f"</{tag.name}>"
        if tag.name == "title":
            return f"{escape(unescape(tag.content), quote=False)}</title>"
        return f"{check_style(tag.content, self.check, tag.line)}</style>"

    def _check_form(self, tag: StartTag) -> None:
        attributes = dict(tag.attributes)
        if tag.name == "form" and attributes.get("method", "").lower() != "post":
            self.check.report(Fault.FORM_METHOD, tag.line, "<form>")
        if tag.name in {"input", "select", "button"} and "name" in attributes:
            self.fields.add(attributes["name"])
        is_hidden = attributes.get("type", "").lower() == "password"
        if is_hidden and attributes.get("name") not in HIDDEN_FIELDS:
            self.check.report(Fault.FIELD, tag.line, 'type="password"')

    def _order_place(self, tag: StartTag) -> str:
        """The place where a value of the order is filled in."""
        name = _order_value(tag)
        if name is None:
            return ""
        if name not in VALUES or tag.name in VOID or tag.name in {"title", "style"}:
            self.check.report(Fault.ORDER_VALUE, tag.line, f'data-order="{name}"')
            return ""
        return self._place(name, tag.line)

    def _place(self, name: str, line: int) -> str:
        self._values += 1
        if self._values <= VALUES_MAX:
            return place_of(name)
        if self._values == VALUES_MAX + 1:
            self.check.report(Fault.TOO_MANY_VALUES, line, name)
        return ""

    # ── Attributes ────────────────────────────────────────────────────────────────────────────────

    def _attributes(self, tag: StartTag) -> Iterator[str]:
        names = set[str]()
        for name, value in tag.attributes:
            written = self._attribute(tag, name, value, again=name in names)
            names.add(name)
            if written is not None and (tag.name, name) not in DROPPED:
                yield f' {name}="{written}"'
        if tag.name == "a" and "target" in names:
            yield ' rel="noopener noreferrer"'

    def _attribute(self, tag: StartTag, name: str, value: str, *, again: bool) -> str | None:
        """What is written for the value; None where the attribute is not written."""
        line, shown = tag.line, f'{name}="{value}"'
        if name.startswith("on"):
            self.check.report(Fault.EVENT, line, shown)
        elif again or not is_allowed(tag.name, name):
            self.check.report(Fault.ATTRIBUTE, line, f"<{tag.name} {shown}>")
        elif not is_value(tag.name, name, value):
            fault = Fault.FIELD if name == "name" and tag.name != "meta" else Fault.ATTRIBUTE
            self.check.report(fault, line, f"<{tag.name} {shown}>")
        else:
            return self._checked(tag, name, value)
        return None

    def _checked(self, tag: StartTag, name: str, value: str) -> str | None:
        match tag.name, name:
            case "a", "rel":
                return None  # it is written with the target
            case "a", "href":
                found = self.check.link(value, tag.line)
            case "img", "src":
                found = self.check.embedded(value, tag.line)
            case "link", "href":
                is_style = "stylesheet" in dict(tag.attributes).get("rel", "")
                look_up = self.check.style if is_style else self.check.embedded
                found = look_up(value, tag.line)
            case _, "style":
                found = check_style(value, self.check, tag.line)
            case _, "data-link":
                return self._link_place(tag, value)
            case _:
                found = value
        return None if found is None else escape(found)

    def _link_place(self, tag: StartTag, name: str) -> str:
        if name not in LINKS or tag.name != "a" or "href" in dict(tag.attributes):
            self.check.report(Fault.ORDER_VALUE, tag.line, f'data-link="{name}"')
            return ""
        return f'{name}" href="{self._place(name, tag.line)}'


def _order_value(tag: StartTag) -> str | None:
    return dict(tag.attributes).get("data-order")


def _line_of(token: Token) -> int:
    return token.line
