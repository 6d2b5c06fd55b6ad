"""XML from strangers: what is read, what is refused, and how much of it is read at most.

Source: soap.md §1; SOAP 1.1 §3 (no DTD, no processing instructions).
"""

from __future__ import annotations

import codecs
import contextlib
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.inbound.soap.faults import FaultCode, MessageRefusedError
from altyn.inbound.soap.parser import XmlLimits, parse_xml
from tests.unit.inbound.soap.soap_messages import envelope, refusal

TEXT: Final = "Заказ № 7"
SMALL: Final = XmlLimits(
    depth=3,
    tags=10,
    attributes=4,
    attributes_in_all=9,
    attribute_chars=10,
    text_chars=20,
    namespace_chars=30,
)

# ── What has no place in a message ────────────────────────────────────────────────────────────────

ENTITIES: Final = "".join(
    f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 10)
)
DOCTYPES: Final = {
    "internal": '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>',
    "without entities": "<!DOCTYPE a><a/>",
    "external subset": '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>',
    "public external subset": '<!DOCTYPE a PUBLIC "-//A//B" "http://127.0.0.1:9/a.dtd"><a/>',
    "entity from a file": '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>',
    "entity over http": '<!DOCTYPE a [<!ENTITY e SYSTEM "http://127.0.0.1:9/e">]><a>&e;</a>',
    "parameter entity": (
        '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p.dtd">%p;]><a>&made_by_p;</a>'
    ),
    "billion laughs": f'<!DOCTYPE a [<!ENTITY e0 "ha">{ENTITIES}]><a>&e9;</a>',
    "laughs in an attribute": f'<!DOCTYPE a [<!ENTITY e0 "ha">{ENTITIES}]><a b="&e9;"/>',
    "quadratic": f'<!DOCTYPE a [<!ENTITY e "{"x" * 50_000}">]><a>{"&e;" * 20_000}</a>',
    "default attributes": '<!DOCTYPE a [<!ATTLIST a amount CDATA "1">]><a/>',
    "behind a comment": "<!-- <a> --><!DOCTYPE a><a/>",
    "behind everything": (
        '\n<?xml version="1.0"?>\n<!-- - -->\n<?p x?>\n<!-- <?p -->\n<!DOCTYPE a><a/>'
    ),
}


@pytest.mark.parametrize("kind", DOCTYPES)
def test_a_document_type_is_refused(kind: str) -> None:
    fault = refusal(DOCTYPES[kind])
    assert fault.code is FaultCode.CLIENT
    assert fault.text == "A SOAP message must not hold a document type (SOAP 1.1 §3)"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_document_type_does_not_hide_in_another_encoding(encoding: str) -> None:
    document = DOCTYPES["billion laughs"].encode(encoding)
    assert "document type" in refusal(document).text


@pytest.mark.parametrize("text", ["<![CDATA[<!DOCTYPE a>]]>", "<!-- <!DOCTYPE a> -->&lt;!DOCTYPE"])
def test_a_text_may_mention_document_types(text: str) -> None:
    assert "DOCTYPE" in (parse_xml(f"<a>{text}</a>".encode()).text or "")


def test_a_document_type_behind_the_root_is_refused() -> None:
    assert "not well-formed" in refusal("<a/><!DOCTYPE a>").text


def test_an_undeclared_entity_is_refused() -> None:
    assert "undefined entity" in refusal("<a>&nbsp;</a>").text
    assert "undefined entity" in refusal('<a b="&nbsp;"/>').text


def test_the_five_entities_and_references_are_read() -> None:
    assert parse_xml(b"<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x42C;</a>").text == "<>&\"'A\u042c"


@pytest.mark.parametrize(
    "document", ["<?go away?><a/>", "<a><?go away?></a>", "<a>adm<?go?>in</a>", "<a/><?go?>"]
)
def test_processing_instructions_are_refused(document: str) -> None:
    assert "processing instructions" in refusal(document).text


def test_nothing_is_included() -> None:
    root = parse_xml(
        b'<a xmlns:xi="http://www.w3.org/2001/XInclude">'
        b'<xi:include href="file:///etc/hostname" parse="text"/></a>'
    )
    assert [(each.tag, each.text) for each in root] == [
        ("{http://www.w3.org/2001/XInclude}include", None)
    ]


# ── How a value is read ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "inside",
    [
        "adm<!-- -->in",
        "<!-- a -->admin",
        "<![CDATA[adm]]>in",
        "adm<![CDATA[]]><!---->in",
        "ad&#109;in",
    ],
)
def test_a_value_is_one_text_whatever_stands_in_it(inside: str) -> None:
    root = parse_xml(f"<a>{inside}</a>".encode())
    assert root.text == "admin"
    assert len(root) == 0


def test_line_ends_are_normalised() -> None:
    root = parse_xml(b'<a b="1\r\n2">1\r\n2\r3&#13;</a>')
    assert root.text == "1\n2\n3\r"
    assert root.get("b") == "1 2"


def test_namespaces_are_read_and_prefixes_are_not() -> None:
    root = parse_xml(b'<a xmlns="u"><b xmlns=""/><x:c xmlns:x="v" x:d="1" d="2"/></a>')
    assert [each.tag for each in root.iter()] == ["{u}a", "b", "{v}c"]
    assert root[1].attrib == {"{v}d": "1", "d": "2"}


def test_the_nearest_declaration_defines_a_prefix() -> None:
    root = parse_xml(b'<x:a xmlns:x="u"><x:a xmlns:x="v"/><x:a/></x:a>')
    assert [each.tag for each in root.iter()] == ["{u}a", "{v}a", "{u}a"]


def test_xml_base_is_an_attribute_like_others() -> None:
    root = parse_xml(b'<a xml:base="file:///etc/"><b href="hostname"/></a>')
    assert root[0].attrib == {"href": "hostname"}


# ── What is not XML ───────────────────────────────────────────────────────────────────────────────

BROKEN: Final[dict[str, str | bytes]] = {
    "truncated": envelope()[:-20],
    "truncated in a tag": "<a b=",
    "truncated in a comment": "<!-- a",
    "truncated in an instruction": "<?a ",
    "truncated in CDATA": "<a><![CDATA[",
    "two roots": "<a/><b/>",
    "text behind the root": "<a/>b",
    "wrong end tag": "<a></b>",
    "an attribute twice": '<a b="1" b="2"/>',
    "an attribute twice by namespace": '<a xmlns:p="u" xmlns:q="u" p:b="1" q:b="2"/>',
    "prefix of an element not declared": "<p:a/>",
    "prefix of an attribute not declared": '<a p:b="1"/>',
    "prefix declared away": '<a xmlns:p=""/>',
    "xml bound to another namespace": '<a xmlns:xml="u"/>',
    "xmlns bound": '<a xmlns:xmlns="u"/>',
    "another prefix bound to xml": '<a xmlns:p="http://www.w3.org/XML/1998/namespace"/>',
    "two colons": '<p:a:b xmlns:p="u"/>',
    "attribute without quotes": "<a b=1/>",
    "less-than in an attribute": '<a b="<"/>',
    "reference to zero": "<a>&#0;</a>",
    "reference to a control character": "<a>&#1;</a>",
    "reference to half a pair": "<a>&#xD800;</a>",
    "control character": "<a>\x01</a>",
    "not a character": "<a>\uffff</a>",
    "end of CDATA in a text": "<a>]]></a>",
    "two dashes in a comment": "<a><!-- -- --></a>",
    "declaration behind a comment": '<!-- --><?xml version="1.0"?><a/>',
    "declaration twice": '<?xml version="1.0"?><?xml version="1.0"?><a/>',
    "declaration without a version": '<?xml encoding="UTF-8"?><a/>',
    "zero character in UTF-16": "<a>\0</a>".encode("utf-16"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_not_well_formed_is_refused(kind: str) -> None:
    fault = refusal(BROKEN[kind])
    assert fault.code is FaultCode.CLIENT
    assert "not well-formed XML" in fault.text


def test_the_fault_has_the_place_of_the_mistake_and_nothing_of_the_message() -> None:
    text = refusal("<a>\n  <secret1></secret2>\n</a>").text
    assert text.endswith("mismatched tag, line 2, column 14")
    assert "secret" not in text


@pytest.mark.parametrize("body", [b"", b"  \r\n ", b"\xef\xbb\xbf", "".encode("utf-16")])
def test_an_empty_body_is_called_empty(body: bytes) -> None:
    assert refusal(body).text == "The request body is empty"


@pytest.mark.parametrize("body", [b'{"amount":1}', b"amount=1", b"\x1f\x8b\x08\x00", b"null"])
def test_the_fault_names_a_body_that_is_not_xml(body: bytes) -> None:
    text = refusal(body).text
    assert "not XML" in text or "zero bytes" in text


# ── Encodings ─────────────────────────────────────────────────────────────────────────────────────

DOCUMENT: Final = f"<a>{TEXT}</a>"


def declared(encoding: str) -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?>{DOCUMENT}'


# name → the bytes, and the charset of Content-Type
READABLE: Final[dict[str, tuple[bytes, str | None]]] = {
    "UTF-8": (DOCUMENT.encode(), None),
    "UTF-8 in capitals": (declared("UTF-8").encode(), "UTF-8"),
    "UTF-8 with its mark": (DOCUMENT.encode("utf-8-sig"), None),
    "white space before the declaration": (b"\r\n  " + declared("UTF-8").encode(), None),
    "UTF-16 little end first": (codecs.BOM_UTF16_LE + DOCUMENT.encode("utf-16-le"), None),
    "UTF-16 big end first": (codecs.BOM_UTF16_BE + DOCUMENT.encode("utf-16-be"), None),
    "UTF-16 declared and marked": (declared("utf-16").encode("utf-16"), "utf-16"),
    "UTF-16 marked, said to be UTF-8": (declared("utf-8").encode("utf-16"), "utf-8"),
    "UTF-8 said to be UTF-16": (declared("utf-16").encode(), "utf-8"),
    "windows-1251 declared": (declared("windows-1251").encode("cp1251"), None),
    "windows-1251 by Content-Type": (DOCUMENT.encode("cp1251"), "Windows-1251"),
    "declaration right, Content-Type wrong": (declared("windows-1251").encode("cp1251"), "utf-8"),
    "Content-Type right, declaration wrong": (declared("utf-8").encode("cp1251"), "windows-1251"),
    "UTF-8 said to be windows-1251": (declared("windows-1251").encode(), "windows-1251"),
    "cp866": (declared("cp866").replace("№", "#").encode("cp866"), None),
}


@pytest.mark.parametrize("kind", READABLE)
def test_encodings_that_clients_send_are_read(kind: str) -> None:
    body, charset = READABLE[kind]
    assert (parse_xml(body, charset).text or "").replace("#", "№") == TEXT


UNREADABLE: Final[dict[str, tuple[bytes, str | None]]] = {
    "invalid bytes": (b"<a>\xff\xfe\xfd</a>", None),
    "overlong UTF-8": (b"<a>\xc0\xbcb\xc0\xbe</a>", None),
    "half a pair in UTF-8": (b"<a>\xed\xa0\x80</a>", None),
    "windows-1251 said to be UTF-8": (declared("utf-8").encode("cp1251"), "utf-8"),
    "a byte windows-1251 does not have": (b"<a>\x98</a>", "windows-1251"),
    "UTF-8 mark, then other bytes": (b"\xef\xbb\xbf" + DOCUMENT.encode("cp1251"), "windows-1251"),
    "half a pair in UTF-16": (b"\xff\xfe" + "<a>".encode("utf-16-le") + b"\x00\xd8", None),
    "half a character in UTF-16": (codecs.BOM_UTF16_LE + b"<\0a\0/\0>", None),
    "UTF-16 without its mark": (DOCUMENT.encode("utf-16-le"), "utf-16"),
    "UTF-32": (DOCUMENT.encode("utf-32"), None),
    "UTF-32, big end first": (codecs.BOM_UTF32_BE + DOCUMENT.encode("utf-32-be"), None),
    "UTF-32 without its mark": (DOCUMENT.encode("utf-32-be"), None),
    "zero byte": (b"<a>\0</a>", None),
    "zero byte behind": (b"<a/>\0", None),
    "UTF-7 declared": (b'<?xml version="1.0" encoding="UTF-7"?><a>+ADw-b/+AD4-</a>', None),
    "UTF-7 by Content-Type": (b"<a>+ADw-b/+AD4-</a>", "utf-7"),
    "EBCDIC declared": (b'<?xml version="1.0" encoding="cp037"?><a/>', None),
    "a codec that is no charset": (b'<?xml version="1.0" encoding="rot13"?><a/>', None),
    "an unheard-of charset": (b"<a/>", "x-unheard-of"),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_bytes_that_are_not_text_are_refused(kind: str) -> None:
    body, charset = UNREADABLE[kind]
    assert refusal(body, charset).code is FaultCode.CLIENT


def test_utf_7_is_never_read_as_such() -> None:
    assert parse_xml(b"<a>+ADw-b/+AD4-</a>").text == "+ADw-b/+AD4-"


# ── Limits ────────────────────────────────────────────────────────────────────────────────────────

# name → what is just small enough, what is one too many, and the text of the fault
SIZES: Final[dict[str, tuple[str, str, str]]] = {
    "depth": ("<a><a><a/></a></a>", "<a><a><a><a/></a></a></a>", "deeper than 3"),
    "tags": (f"<a>{'<b/>' * 8}</a>", f"<a>{'<b/>' * 9}</a>", "more than 10 tags"),
    "attributes": (
        '<a b="" c="" d="" e=""/>',
        '<a b="" c="" d="" e="" f=""/>',
        "more than 4 attributes in one",
    ),
    "namespaces": (
        '<a xmlns:b="b" xmlns:c="c" xmlns:d="d" xmlns="e"/>',
        '<a xmlns:b="b" xmlns:c="c" xmlns:d="d" xmlns="e" xmlns:f="f"/>',
        "more than 4 namespaces in one",
    ),
    "both together": (
        '<a xmlns="b" xmlns:c="c" d="" e=""/>',
        '<a xmlns="b" xmlns:c="c" d="" e="" f=""/>',
        "more than 4 attributes in one",
    ),
    "attributes in all": (
        "<a>" + '<a b="" c="" d=""/>' * 3 + "</a>",
        '<a b="">' + '<a b="" c="" d=""/>' * 3 + "</a>",
        "more than 9 attributes",
    ),
    "an attribute": (f'<a b="{"x" * 10}"/>', f'<a b="{"x" * 11}"/>', "of more than 10 characters"),
    "a text": (f"<a>{'x' * 20}</a>", f"<a>{'x' * 21}</a>", "text of more than 20 characters"),
    "a text in pieces": (
        f"<a>{'x' * 10}<!-- -->{'x' * 10}</a>",
        f"<a>{'x' * 10}<!-- --><![CDATA[{'x' * 11}]]></a>",
        "text of more than 20 characters",
    ),
    "a namespace": (
        f'<a xmlns="{"u" * 30}"/>',
        f'<a xmlns="{"u" * 31}"/>',
        "namespace of more than 30 characters",
    ),
}


@pytest.mark.parametrize("kind", SIZES)
def test_a_document_has_limits(kind: str) -> None:
    small_enough, too_much, text = SIZES[kind]
    parse_xml(small_enough.encode(), limits=SMALL)
    assert text in refusal(too_much, limits=SMALL).text


def test_siblings_are_not_depth_and_texts_do_not_add_up() -> None:
    parse_xml(b"<a>" + f"<a>{'x' * 20}</a>".encode() * 4 + b"</a>", limits=SMALL)


# ── Whatever comes ────────────────────────────────────────────────────────────────────────────────


@given(st.binary(max_size=200), st.sampled_from([None, "utf-8", "windows-1251", "utf-16", "\0"]))
def test_no_bytes_break_the_parser(body: bytes, charset: str | None) -> None:
    with contextlib.suppress(MessageRefusedError):
        parse_xml(body, charset)


@given(st.text("<>/a!-[]?&;#x=\"' :\n", max_size=60))
def test_no_text_breaks_the_parser(text: str) -> None:
    with contextlib.suppress(MessageRefusedError):
        parse_xml(f"<a>{text}</a>".encode())
