"""Reads a page of ours as a tree, strictly: a tag closed in the wrong place is an error, as a
browser would repair it in silence. Standard library only, so that tests of pages need nothing more
than the pages do.
"""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from xml.etree.ElementTree import Element

VOID = frozenset({"circle", "hr", "img", "input", "link", "meta", "path", "rect", "br"})


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("document")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> says an attribute twice"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        parent = self.open[-1]
        if len(parent):
            parent[-1].tail = (parent[-1].tail or "") + data
        else:
            parent.text = (parent.text or "") + data


def parse(page: str) -> Element:
    """The html element of a page."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert [element.tag for element in reader.open] == ["document"], "a tag is left open"
    (root,) = reader.root
    return root


def find_all(tree: Element, *tags: str) -> Iterator[Element]:
    """Every element with one of the tags, in the order of the page."""
    return (element for element in tree.iter() if element.tag in tags)


def by_id(tree: Element, name: str) -> Element:
    """The one element with that id."""
    (found,) = [element for element in tree.iter() if element.get("id") == name]
    return found


def text_of(element: Element) -> str:
    """All the text inside, as it stands."""
    return "".join(element.itertext())


def values(tree: Element, tag: str, attribute: str) -> list[str]:
    """An attribute of every element with that tag which has it."""
    return [e.attrib[attribute] for e in find_all(tree, tag) if attribute in e.attrib]
