"""What the simulated payer reads on a page: forms, links, and the texts of what is wrong."""

from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin

VOID_TAGS: Final = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr"})
SENTENCE_TAGS: Final = frozenset({"p", "strong"})


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a page. `fields` are its hidden fields, `inputs` the names of those to type, and
    `typed` what the page has typed there already."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()
    typed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """A page. `forms` are those with the method POST, `alerts` the texts with the role alert."""

    forms: tuple[Form, ...] = ()
    links: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()


def read_page(html: str, address: str) -> Page:
    """The page of this address; its addresses are absolute."""
    reader = _PageReader()
    reader.feed(html)
    return Page(
        forms=tuple(
            replace(form, action=urljoin(address, form.action or address)) for form in reader.forms
        ),
        links=tuple(urljoin(address, link) for link in reader.links),
        alerts=tuple(text for each in reader.alerts if (text := " ".join(each.split()))),
    )


class _PageReader(HTMLParser):
    """Collects the forms with the method POST, the links and the alerts."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.alerts: list[str] = []
        self._in_form = False
        self._alert_depth = 0  # how many elements of the alert are open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if self._alert_depth and tag not in VOID_TAGS:
            self._alert_depth += 1
        elif attributes.get("role") == "alert":
            self._alert_depth = 1
            self.alerts.append("")
        if tag == "form" and attributes.get("method", "").lower() == "post":
            self.forms.append(Form(attributes.get("action", "")))
            self._in_form = True
        elif tag == "input" and self._in_form and (name := attributes.get("name")):
            self._add_input(name, attributes)
        elif tag == "a" and (address := attributes.get("href")):
            self.links.append(address)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._in_form = False
        if self._alert_depth and tag not in VOID_TAGS:
            self._alert_depth -= 1
            if self._alert_depth and tag in SENTENCE_TAGS:
                self._end_sentence()

    def handle_data(self, data: str) -> None:
        if self._alert_depth:
            self.alerts[-1] += f" {data}"

    def _end_sentence(self) -> None:
        """A headline in an alert has no full stop, and more text follows it."""
        text = self.alerts[-1].rstrip()
        if text and text[-1] not in ".!?:":
            self.alerts[-1] = f"{text}."

    def _add_input(self, name: str, attributes: dict[str, str]) -> None:
        form, value = self.forms[-1], attributes.get("value", "")
        if attributes.get("type") == "hidden":
            form.fields[name] = value
        else:
            form.typed[name] = value
            self.forms[-1] = replace(form, inputs=(*form.inputs, name))
