"""Parses bytes into a tree of XML elements within limits, or refuses them with a fault.

DTDs, entities, inclusion and deep nesting are refused before there is a tree. The parser is expat:
libxml2 keeps every name until the process ends, so that a client could fill the memory with names.
Source: soap.md §1; SOAP 1.1 §3; docs/architecture.md.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final, NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers.expat import ErrorString, ExpatError, ParserCreate

from altyn.domain.clearing import clear, clear_unshared
from altyn.inbound.http.bodies import CHARSETS
from altyn.inbound.soap.faults import MessageRefusedError, wrong_message


@dataclass(frozen=True, slots=True)
class XmlLimits:
    """How much one document may hold; the endpoint limits the size in bytes.

    Lengths in characters. `tags` counts every `<` of the document, `attributes_in_all` every `=`
    and `equals_signs` those between one `<` and the next, a slightly high but cheap
    count; `attributes` are those of one tag with its namespace declarations.
    """

    depth: int = 32
    tags: int = 20_000  # a cart of a thousand positions takes about that many
    attributes: int = 128
    attributes_in_all: int = 50_000
    equals_signs: int = 1_000
    attribute_chars: int = 65_536
    text_chars: int = 262_144
    namespace_chars: int = 512


DEFAULT_LIMITS: Final = XmlLimits()

# Of two marks with the same beginning the longer one comes first.
_MARKS: Final = (
    (b"\xff\xfe\x00\x00", ""),
    (b"\x00\x00\xfe\xff", ""),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_UTF_8: Final = frozenset({"", "utf-8", "utf8", "us-ascii", "ascii"})
# .NET declares this in front of bytes that are UTF-8; real UTF-16 has its mark.
_UTF_16: Final = frozenset({"utf-16", "utf16", "utf-16le", "utf-16be", "unicode"})
_WHITE: Final = " \t\r\n"
_DECLARED: Final = re.compile(
    rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._\-]{1,40})["']"""
)
_LONG_NUMBER: Final = re.compile(
    r"""(?<![\w:.\-])[0-9](?:[ -]?[0-9]){11,}|(?<=cvc=["'])[0-9]+|(?<=cvc>)[0-9]+"""
)
_HIDE: Final = {ord("0") + digit: 0xF8E0 + digit for digit in range(10)}
_SHOW: Final = {hidden: shown for shown, hidden in _HIDE.items()}
_STAND_INS: Final = re.compile("[\uf8e0-\uf8e9]")
_PROLOG: Final = re.compile(r"(?:[ \t\r\n]++|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)


def parse_xml(
    document: bytes, charset: str | None = None, limits: XmlLimits = DEFAULT_LIMITS
) -> Element:
    """The root of the document. Comments are left out, and the texts around a comment are joined.

    Refuses (MessageRefusedError): an empty body, text that is in no declared encoding, something
    that is not XML, DOCTYPE, too much of anything, processing instructions, XML that is not well
    formed or whose prefixes are not declared.
    """
    text = _decoded(document, charset)
    try:
        return _parsed(text, limits)
    finally:
        clear(text)  # decoded here, and of no other part of the program


def _parsed(text: str, limits: XmlLimits) -> Element:
    if not text.startswith("<"):
        what = "is empty" if not text else "is not XML: it does not begin with <"
        raise wrong_message(f"The request body {what}")
    prolog = _PROLOG.match(text)
    if prolog and text.startswith("<!DOCTYPE", prolog.end()):
        _refuse_doctype()
    if text.count("<") > limits.tags:
        raise _too_much(f"more than {limits.tags} tags")
    if text.count("=") > limits.attributes_in_all:
        raise _too_much(f"more than {limits.attributes_in_all} attributes")
    # expat repeats the namespace in every name of a tag: the number of attributes and the length of
    # a namespace are bounded first.
    pieces = text.split("<")
    crowded = any(piece.count("=") > limits.equals_signs for piece in pieces)
    clear(*pieces)  # of their own: the text begins with <, so none of them is the text
    if crowded:
        raise _too_much(f"more than {limits.attributes} attributes in one element")
    if _long_namespace(limits.namespace_chars).search(text):
        raise _too_much(f"a namespace of more than {limits.namespace_chars} characters")
    hidden = _without_numbers(text)
    return _Reader(limits, hides_numbers=hidden != text).read(hidden)


def _without_numbers(text: str) -> str:
    """The text as expat gets it: the digits of card numbers and codes are other characters.

    expat copies what it reads, and what it frees cannot be overwritten. A name of XML begins with
    no digit, so no name is changed.
    """
    if _STAND_INS.search(text):
        return text  # the text has these characters itself
    return _LONG_NUMBER.sub(lambda number: number[0].translate(_HIDE), text)


@cache
def _long_namespace(longest: int) -> re.Pattern[str]:
    """Whether a namespace declaration is longer; its value is never longer than its text."""
    return re.compile(
        rf"""\sxmlns[^\s=<>]*+\s*+=\s*+(?:"[^"<]{{{longest + 1}}}|'[^'<]{{{longest + 1}}})"""
    )


def _decoded(document: bytes, charset: str | None) -> str:
    """The document's text, the white space around it taken off.

    A byte order mark decides. Without one UTF-8 is tried first, even against the declarations, as
    for REST: declarations are often wrong. Then the charset of the Content-Type, then that of the
    XML declaration. Bytes that fit none of them are refused, and so is an unknown charset.
    """
    for mark, encoding in _MARKS:
        if document.startswith(mark):
            if not encoding:
                raise wrong_message("The request body is UTF-32: send UTF-8 or UTF-16")
            return _decoded_by_one_of(document, (encoding,))
    declared = _DECLARED.match(document)
    names = (
        (charset or "").strip(" '\"").lower(),
        declared[1].decode().lower() if declared else "",
    )
    encodings = ["utf-8"]
    for name in names:
        if name in CHARSETS:
            encodings.append(CHARSETS[name])
        elif name not in _UTF_8 and name not in _UTF_16:
            raise wrong_message(
                "The request body is declared to be in an encoding that this gateway does not "
                f"read: send UTF-8, UTF-16 with its byte order mark, or one of {_known()}"
            )
    if b"\0" in document:
        raise wrong_message(
            "The request body holds zero bytes: if it is UTF-16, begin it with a byte order mark"
        )
    return _decoded_by_one_of(document, tuple(encodings))


def _known() -> str:
    return ", ".join(CHARSETS)


def _decoded_by_one_of(document: bytes, encodings: tuple[str, ...]) -> str:
    for encoding in encodings:
        try:
            return document.decode(encoding).strip(_WHITE)
        except UnicodeDecodeError:
            continue
    raise wrong_message("The request body is not text in the encoding it is declared to be in")


class _Reader:
    """Counts the events of expat, then builds the tree of them."""

    def __init__(self, limits: XmlLimits, *, hides_numbers: bool) -> None:
        self._limits = limits
        self._hides_numbers = hides_numbers
        self._tree = TreeBuilder()
        self._depth = 0
        self._namespaces = 0
        self._text_chars = 0

    def read(self, text: str) -> Element:
        parser = ParserCreate("utf-8", "}")  # instead of the encoding that is declared
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartNamespaceDeclHandler = self._namespace
        parser.ProcessingInstructionHandler = self._instruction
        parser.StartDoctypeDeclHandler = self._doctype
        document = text.encode()
        try:
            parser.Parse(document, True)  # noqa: FBT003 - expat takes it by position only
        except ExpatError as error:
            raise _not_well_formed(error) from None
        finally:
            clear(document)
        root: Element = self._tree.close()
        return root

    def _shown(self, text: str) -> str:
        """The text with the digits that expat did not get."""
        return text.translate(_SHOW) if self._hides_numbers else text

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        limits = self._limits
        self._depth += 1
        if self._depth > limits.depth:
            raise _too_much(f"nested deeper than {limits.depth} elements")
        if len(attributes) + self._namespaces > limits.attributes:
            raise _too_much(f"more than {limits.attributes} attributes in one element")
        if any(len(value) > limits.attribute_chars for value in attributes.values()):
            raise _too_much(f"an attribute of more than {limits.attribute_chars} characters")
        self._namespaces = 0
        self._text_chars = 0
        shown = self._shown
        own = {_expanded(shown(each)): shown(value) for each, value in attributes.items()}
        self._tree.start(_expanded(shown(name)), own)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._text_chars = 0
        self._tree.end(_expanded(self._shown(name)))

    def _text(self, text: str) -> None:
        self._text_chars += len(text)
        if self._text_chars > self._limits.text_chars:
            raise _too_much(f"a text of more than {self._limits.text_chars} characters")
        self._tree.data(self._shown(text))

    def _namespace(self, _prefix: str | None, uri: str | None) -> None:
        # Each name contains its namespace, so a long one is multiplied by the number of names.
        if len(uri or "") > self._limits.namespace_chars:
            raise _too_much(f"a namespace of more than {self._limits.namespace_chars} characters")
        self._namespaces += 1
        if self._namespaces > self._limits.attributes:
            raise _too_much(f"more than {self._limits.attributes} namespaces in one element")

    def _instruction(self, *_: object) -> None:
        raise wrong_message("A SOAP message must not hold processing instructions (SOAP 1.1 §3)")

    def _doctype(self, *_: object) -> None:
        _refuse_doctype()


def clear_document(root: Element) -> None:
    """Overwrite the texts of a document that is not used any more: it may hold a card."""
    for element in root.iter():
        while element.attrib:
            _, value = element.attrib.popitem()
            clear_unshared(value)
        text, element.text = element.text or "", None
        clear_unshared(text)
        text, element.tail = element.tail or "", None
        clear_unshared(text)


def local_name(element: Element) -> str:
    """The element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def namespace(element: Element) -> str:
    """The element's namespace; empty when it is in none."""
    return element.tag[1:].rpartition("}")[0]


def plain_text(element: Element) -> str | None:
    """The text of an element that holds nothing else; None when it holds elements."""
    return None if len(element) else element.text or ""


def _expanded(name: str) -> str:
    return f"{{{name}" if "}" in name else name


def _refuse_doctype() -> NoReturn:
    raise wrong_message("A SOAP message must not hold a document type (SOAP 1.1 §3)")


def _too_much(what: str) -> MessageRefusedError:
    return wrong_message(f"The request body holds too much: {what}")


def _not_well_formed(error: ExpatError) -> MessageRefusedError:
    # expat's own messages contain nothing of the document.
    return wrong_message(
        f"The request body is not well-formed XML: {ErrorString(error.code)}, "
        f"line {error.lineno}, column {error.offset + 1}"
    )
