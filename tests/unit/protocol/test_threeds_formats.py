"""3-D Secure formats: round trips, golden messages, and garbage refused in one way only."""

from __future__ import annotations

import base64
import json
import zlib
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.domain.card.values import Pan
from altyn.protocol.threeds import (
    PACKED_CHARS_MAX,
    AuthenticationRequest,
    MethodCompletion,
    SignatureInvalid,
    ThreeDSFormatError,
    TransStatus,
    check_url,
)
from altyn.protocol.threeds_version1 import (
    UNPACKED_BYTES_MAX,
    PaReq,
    PaRes,
    build_pareq,
    build_pares,
    new_xid,
    parse_pareq,
    parse_pares,
)
from altyn.protocol.threeds_version2 import (
    CReq,
    CRes,
    MethodData,
    pack,
    pack_session_data,
    unpack,
    unpack_session_data,
)

KEY = b"k" * 32
XID = base64.b64encode(bytes(range(20))).decode()
CAVV = base64.b64encode(b"\x07" * 20).decode()
PAREQ = PaReq(
    message_id="m-1",
    account="acc-1",
    merchant="Лавка <Тест> & Co",
    amount_minor=250_000,
    currency="643",
    xid=XID,
    term_url="https://gateway.example/payment/rest/finish3ds.do?lang=ru&a=b",
)
PARES = PaRes(message_id="m-1", status=TransStatus.AUTHENTICATED, xid=XID, eci=5, cavv=CAVV)
CREQ = CReq(threeds_server_trans_id="t-1", acs_trans_id="a-1")
CRES = CRes(threeds_server_trans_id="t-1", acs_trans_id="a-1", trans_status=TransStatus.FAILED)
METHOD = MethodData(threeds_server_trans_id="t-1", notification_url="https://g.example/n?a=1")


def packed(document: bytes) -> str:
    return base64.b64encode(zlib.compress(document)).decode()


def unpacked(text: str) -> bytes:
    return zlib.decompress(base64.b64decode(text))


xml_text = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1
)


@given(xml_text, xml_text, st.integers(0, 10**15))
def test_pareq_is_decoded_as_it_was_encoded(merchant: str, account: str, amount_minor: int) -> None:
    pareq = replace(PAREQ, merchant=merchant, account=account, amount_minor=amount_minor)
    assert parse_pareq(build_pareq(pareq)) == pareq


def test_a_pareq_is_deflated_xml_and_survives_line_breaks() -> None:
    text = build_pareq(PAREQ)
    assert b"<xid>" + XID.encode() + b"</xid>" in unpacked(text)
    assert parse_pareq("\r\n".join((text[:76], text[76:]))) == PAREQ


def test_carriage_returns_survive_and_control_characters_are_refused() -> None:
    pareq = replace(PAREQ, merchant="a\r\nb\tc")
    assert parse_pareq(build_pareq(pareq)) == pareq
    for wrong in ("a\x00b", "\x1b", "\ud800", "\ufffe"):
        with pytest.raises(ThreeDSFormatError):
            build_pareq(replace(PAREQ, merchant=wrong))


@pytest.mark.parametrize("status", ["Y", "N", "A", "U"])
def test_pares_is_decoded_as_it_was_encoded(status: str) -> None:
    for pares in (PARES, PaRes(message_id="m-1", status=TransStatus.FAILED, xid=XID)):
        original = replace(pares, status=TransStatus(status))
        assert parse_pares(build_pares(original, KEY), KEY) == original


def test_a_pares_of_another_key_is_refused() -> None:
    with pytest.raises(SignatureInvalid):
        parse_pares(build_pares(PARES, b"other"), KEY)


@pytest.mark.parametrize(
    ("original", "forged"),
    [
        (b"<status>N</status>", b"<status>Y</status>"),
        (b"<eci>5</eci>", b"<eci>6</eci>"),
        (b"<eci>5</eci>", b""),
        (CAVV.encode(), base64.b64encode(b"\x08" * 20)),
        (XID.encode(), base64.b64encode(b"\x08" * 20)),
        (b"<id>m-1</id>", b"<id>m-2</id>"),
    ],
)
def test_altered_pares_is_refused(original: bytes, forged: bytes) -> None:
    honest = unpacked(build_pares(replace(PARES, status=TransStatus.FAILED), KEY))
    assert original in honest
    with pytest.raises(SignatureInvalid):
        parse_pares(packed(honest.replace(original, forged)), KEY)


@pytest.mark.parametrize(
    ("original", "wrong"),
    [
        (b"<status>Y</status>", b"<status>C</status>"),
        (b"<status>Y</status>", b"<status>?</status>"),
        (b"<status>Y</status>", b""),
        (b"<eci>5</eci>", b"<eci>five</eci>"),
        (b"<eci>5</eci>", b"<eci>" + b"9" * 5_000 + b"</eci>"),
        (CAVV.encode(), CAVV.encode()[:-4]),
        (XID.encode(), b"not-base64"),
        (b"PARes", b"PAReq"),
        (b"</PARes>", b""),
        (b"<PARes>", b"<PARes>text beside"),
        (b"<id>m-1</id>", b"<id>m-1</id><id>m-1</id>"),
        (b"<id>m-1</id>", b"<id><id>m-1</id></id>"),
        (b"<id>m-1</id>", b"<id>&unknown;</id>"),
        (b"<id>m-1</id>", b"<id>\xff</id>"),
    ],
)
def test_a_malformed_pares_is_a_format_error(original: bytes, wrong: bytes) -> None:
    document = unpacked(build_pares(PARES, KEY))
    assert original in document
    with pytest.raises(ThreeDSFormatError) as refusal:
        parse_pares(packed(document.replace(original, wrong)), KEY)
    assert not isinstance(refusal.value, SignatureInvalid)


@pytest.mark.parametrize(
    "doctype",
    [
        b"<!DOCTYPE PAReq>",
        b'<!DOCTYPE PAReq [<!ENTITY x "y">]>',
        b'<!DOCTYPE PAReq [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        b'<!DOCTYPE PAReq SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)
def test_a_doctype_is_refused(doctype: bytes) -> None:
    document = unpacked(build_pareq(PAREQ))
    with pytest.raises(ThreeDSFormatError, match="DOCTYPE"):
        parse_pareq(packed(doctype + document))


def test_zlib_bomb_is_refused() -> None:
    bomb = packed(b"<PAReq>" + b" " * 20_000_000 + b"</PAReq>")
    assert len(bomb) < PACKED_CHARS_MAX
    with pytest.raises(ThreeDSFormatError, match="too long"):
        parse_pareq(bomb)


def test_a_message_as_long_as_allowed_is_read_and_one_byte_more_is_not() -> None:
    document = unpacked(build_pareq(PAREQ))
    padding = b" " * (UNPACKED_BYTES_MAX - len(document))
    assert parse_pareq(packed(padding + document)) == PAREQ
    with pytest.raises(ThreeDSFormatError):
        parse_pareq(packed(b" " + padding + document))


def test_deflated_data_cut_off_or_followed_by_more_is_refused() -> None:
    whole = base64.b64decode(build_pareq(PAREQ))
    for wrong in (whole[:-1], whole + b"x", b""):
        with pytest.raises(ThreeDSFormatError):
            parse_pareq(base64.b64encode(wrong).decode())


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//host/path",
        "/path",
        "http://",
        "https://[",
        "https://host/a b",
        "https://host/\nx",
        "https://h/" + "x" * 2_048,
    ],
)
def test_an_address_a_browser_must_not_be_sent_to_is_refused(url: str) -> None:
    with pytest.raises(ThreeDSFormatError):
        check_url(url)
    with pytest.raises(ThreeDSFormatError):
        parse_pareq(build_pareq(replace(PAREQ, term_url=url)))
    with pytest.raises(ThreeDSFormatError):
        unpack(pack(MethodData(threeds_server_trans_id="t", notification_url=url)), MethodData)


def test_xids_are_twenty_bytes_and_do_not_repeat() -> None:
    xids = {new_xid() for _ in range(100)}
    assert len(xids) == 100
    assert {len(base64.b64decode(xid)) for xid in xids} == {20}


def test_version_2_messages_are_the_json_of_the_reference() -> None:
    def wire(text: str) -> object:
        assert "=" not in text
        return json.loads(base64.urlsafe_b64decode(text + "=="))

    assert wire(pack(METHOD)) == {
        "threeDSServerTransID": "t-1",
        "threeDSMethodNotificationURL": "https://g.example/n?a=1",
    }
    assert wire(pack(MethodData(threeds_server_trans_id="t-1"))) == {"threeDSServerTransID": "t-1"}
    assert wire(pack(CREQ)) == {
        "messageType": "CReq",
        "threeDSServerTransID": "t-1",
        "acsTransID": "a-1",
        "challengeWindowSize": "05",
        "messageVersion": "2.1.0",
    }
    assert wire(pack(CRES)) == {
        "messageType": "CRes",
        "threeDSServerTransID": "t-1",
        "acsTransID": "a-1",
        "transStatus": "N",
        "messageVersion": "2.1.0",
    }


def test_version_2_messages_are_decoded_as_they_were_encoded() -> None:
    assert unpack(pack(METHOD), MethodData) == METHOD
    assert unpack(pack(CREQ), CReq) == CREQ
    assert unpack(pack(CRES) + "==", CRes) == CRES


def test_version_2_message_of_another_type_is_refused() -> None:
    with pytest.raises(ThreeDSFormatError):
        unpack(pack(CREQ), CRes)
    with pytest.raises(ThreeDSFormatError):
        unpack(pack(METHOD), CReq)
    with pytest.raises(ThreeDSFormatError):
        unpack(pack(MethodData(threeds_server_trans_id="")), MethodData)


@given(st.text())
def test_session_data_is_decoded_as_it_was_encoded(md_order: str) -> None:
    try:
        md_order.encode()
    except UnicodeEncodeError:
        return
    assert unpack_session_data(pack_session_data(md_order)) == md_order


any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
garbage = st.one_of(
    st.text(),
    st.binary().map(lambda data: base64.b64encode(data).decode()),
    st.binary().map(lambda data: base64.urlsafe_b64encode(data).decode().rstrip("=")),
    st.binary().map(packed),
    any_json.map(lambda value: base64.urlsafe_b64encode(json.dumps(value).encode()).decode()),
    st.text().map(lambda text: packed(f"<PAReq>{text}</PAReq>".encode("utf-8", "replace"))),
    st.text().map(lambda text: packed(f"<PARes><id>{text}</id></PARes>".encode("utf-8", "ignore"))),
    st.just(base64.urlsafe_b64encode(b'{"x":' + b"[" * 20_000).decode()),
    st.just("A" * (PACKED_CHARS_MAX + 1)),
)


@given(garbage)
def test_garbage_is_a_format_error(text: str) -> None:
    with pytest.raises(ThreeDSFormatError):
        parse_pareq(text)
    with pytest.raises(ThreeDSFormatError):
        parse_pares(text, KEY)
    for message_type in (MethodData, CReq, CRes):
        with pytest.raises(ThreeDSFormatError):
            unpack(text, message_type)


@given(garbage)
def test_session_data_of_garbage_is_text_or_a_format_error(text: str) -> None:
    with suppress(ThreeDSFormatError):
        assert isinstance(unpack_session_data(text), str)


def test_an_authentication_request_does_not_print_its_card() -> None:
    request = AuthenticationRequest(
        threeds_server_trans_id="t-1",
        pan=Pan("4111111111111111"),
        expiry="202812",
        amount_minor=1,
        currency="643",
        merchant="demo",
        browser={"userAgent": "x"},
        comp_ind=MethodCompletion.UNAVAILABLE,
        notification_url="https://g.example/n",
    )
    assert "4111111111111111" not in repr(request)
