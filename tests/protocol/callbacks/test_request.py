"""The callback request: a receiver reads exactly the parameters, and their checksum is correct.

The receivers here are standard ones: a query parser, a form parser, a JSON parser.
"""

import json
import re
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.domain.callback import (
    CallbackMethod,
    CallbackRequest,
    CallbackSettings,
    ChecksumKind,
)
from altyn.domain.outbox import ClaimedEntry
from altyn.protocol.dialects.classic.callbacks.checksum import canonical, symmetric
from altyn.protocol.dialects.classic.callbacks.request import (
    Signer,
    callback_request,
    request_address,
)
from tests.callbacks import a_claimed_callback

KEY: Final = "sb-test-key-0001"
SIGNER: Final = Signer(None, lambda signed: symmetric(KEY, signed))
NAMED: Final = Signer("gateway 2026", lambda signed: symmetric(KEY, signed))
SHOP: Final = "https://shop.example/callback"
FORM: Final = ("Content-Type", "application/x-www-form-urlencoded")

# callbacks.md §3.1 and §6.5: V1
PAID: Final = {
    "mdOrder": "5f0c1b0a-3d3e-7a11-9c55-1f2e3d4c5b6a",
    "orderNumber": "ORD-1001",
    "operation": "deposited",
    "status": "1",
}
V1_SIGNED: Final = (
    "mdOrder;5f0c1b0a-3d3e-7a11-9c55-1f2e3d4c5b6a;operation;deposited;"
    "orderNumber;ORD-1001;status;1;"
)
V1_CHECKSUM: Final = "0AE2D50259F541C34C81C39373911CA119658B73B3DB5BD488FAC93D2D7306A7"
STORED_CARD: Final = {
    "bindingId": "9a1d5e0c-77f0-7d22-8d10-0a0b0c0d0e0f",
    "clientId": "client;42",
    "operation": "bindingActivityChanged",
    "enabled": "false",
}


def a_callback(parameters: dict[str, str], receiver: str = SHOP) -> ClaimedEntry:
    return a_claimed_callback(receiver, parameters)


def written(
    parameters: dict[str, str],
    method: str = "GET",
    /,
    *,
    receiver: str = SHOP,
    signer: Signer | None = SIGNER,
    **settings: Any,
) -> CallbackRequest:
    chosen = CallbackSettings(method=CallbackMethod(method), **settings)
    return callback_request(a_callback(parameters, receiver), chosen, signer)


def read(sent: CallbackRequest) -> list[tuple[str, str]]:
    """The parameters as a standard receiver reads them, in the order they come."""
    if sent.body is None:
        return parse_qsl(urlsplit(sent.url).query, keep_blank_values=True, strict_parsing=True)
    if dict(sent.headers)["Content-Type"] == FORM[1]:
        return parse_qsl(sent.body.decode("ascii"), keep_blank_values=True, strict_parsing=True)
    members: dict[str, Any] = json.loads(sent.body)
    inside = members.pop("additionalParams", {})
    return [(name, str(value)) for name, value in (*members.items(), *inside.items())]


# ── The examples of the reference ─────────────────────────────────────────────────────────────────


def test_get_is_the_example_of_the_reference() -> None:
    assert written(PAID) == CallbackRequest(
        method="GET",
        url=(
            f"{SHOP}?mdOrder=5f0c1b0a-3d3e-7a11-9c55-1f2e3d4c5b6a&orderNumber=ORD-1001"
            f"&operation=deposited&status=1&checksum={V1_CHECKSUM}"
        ),
        signed=V1_SIGNED,
        checksum=V1_CHECKSUM,
    )


def test_post_has_the_same_in_its_body() -> None:
    assert written(PAID, "POST") == CallbackRequest(
        method="POST",
        url=SHOP,
        headers=(FORM,),
        body=urlsplit(written(PAID).url).query.encode(),
        signed=V1_SIGNED,
        checksum=V1_CHECKSUM,
    )


def test_json_has_the_core_on_top_and_a_number_for_the_status() -> None:
    sent = written({**PAID, "amount": "150000", "ip": "203.0.113.9"}, "JSON")
    assert (sent.method, sent.url) == ("POST", SHOP)
    assert sent.headers == (("Content-Type", "application/json;charset=UTF-8"),)
    body = json.loads(sent.body or b"")
    assert body == {
        **PAID,
        "status": 1,
        "checksum": sent.checksum,
        "additionalParams": {"amount": "150000", "ip": "203.0.113.9"},
    }
    assert sent.signed is not None
    assert sent.signed.startswith("amount;150000;ip;203.0.113.9;mdOrder;")


def test_json_without_further_parameters_has_no_place_for_them() -> None:
    assert json.loads(written(PAID, "JSON", signer=None).body or b"") == {**PAID, "status": 1}


def test_json_about_a_stored_card_is_flat_and_all_text() -> None:
    sent = written(STORED_CARD, "JSON")
    assert json.loads(sent.body or b"") == {**STORED_CARD, "checksum": sent.checksum}


@pytest.mark.parametrize("method", CallbackMethod)
def test_request_without_a_signer_is_unsigned(method: CallbackMethod) -> None:
    sent = written(PAID, method, signer=None)
    assert (sent.signed, sent.checksum) == (None, None)
    assert dict(read(sent)) == PAID


# ── What a receiver reads ─────────────────────────────────────────────────────────────────────────

TEXTS: Final = st.text(st.characters(exclude_categories=["Cs"]))
NAMES: Final = TEXTS.filter(
    lambda name: name not in {"", "additionalParams", "checksum", "sign_alias", *PAID, *STORED_CARD}
)


@given(
    core=st.sampled_from([PAID, STORED_CARD]),
    more=st.dictionaries(NAMES, TEXTS, max_size=5),
    value=TEXTS,
    method=st.sampled_from(CallbackMethod),
)
def test_any_values_are_received_with_a_correct_checksum(
    core: dict[str, str], more: dict[str, str], value: str, method: CallbackMethod
) -> None:
    named = "orderNumber" if core is PAID else "clientId"
    parameters = {**core, **more, named: value}
    sent = written(parameters, method)
    received = dict(read(sent))
    assert received.pop("checksum") == sent.checksum == symmetric(KEY, canonical(received))
    assert received == parameters
    assert sent.signed == canonical(parameters)


@given(
    own=st.lists(st.tuples(st.text("аб я&=?%+/;#", min_size=1), TEXTS), min_size=1, max_size=3),
    method=st.sampled_from(CallbackMethod),
)
def test_the_receivers_own_query_is_kept(
    own: list[tuple[str, str]], method: CallbackMethod
) -> None:
    query = urlencode(own)
    sent = written(PAID, method, receiver=f"{SHOP}?{query}")
    assert sent.url.startswith(f"{SHOP}?{query}")
    found = parse_qsl(urlsplit(sent.url).query, keep_blank_values=True, strict_parsing=True)
    ours = [*PAID.items(), ("checksum", V1_CHECKSUM)] if method is CallbackMethod.GET else []
    assert found == [*own, *ours]


@pytest.mark.parametrize(
    ("receiver", "begins"),
    [
        ("https://shop.example", "https://shop.example/?"),
        ("https://shop.example/cb", "https://shop.example/cb?"),
        ("https://shop.example/cb?", "https://shop.example/cb?"),
        ("https://shop.example/cb?a=1", "https://shop.example/cb?a=1&"),
        ("https://shop.example/cb?a=1&", "https://shop.example/cb?a=1&"),
        ("https://shop.example/cb?a=1#top?b", "https://shop.example/cb?a=1&"),
        ("https://shop.example#top", "https://shop.example/?"),
    ],
)
def test_gateways_query_follows_the_receivers_query(receiver: str, begins: str) -> None:
    sent = written(PAID, receiver=receiver)
    assert sent.url.startswith(begins + "mdOrder=")
    assert "#" not in sent.url


def test_a_space_is_never_a_plus() -> None:
    """callbacks.md §6.4: what a client decodes `+` to depends on the client."""
    parameters = {**PAID, "orderNumber": "Заказ №7 + 1"}
    spelled = "orderNumber=%D0%97%D0%B0%D0%BA%D0%B0%D0%B7%20%E2%84%967%20%2B%201"
    assert spelled in written(parameters).url
    assert spelled.encode() in (written(parameters, "POST").body or b"")


def test_second_delivery_is_the_same_request() -> None:
    assert written(PAID) == written(PAID)


# ── The name of the key ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("method", CallbackMethod)
@pytest.mark.parametrize(
    ("settings", "sent_along"),
    [
        ({"checksum": ChecksumKind.ASYMMETRIC}, True),
        ({"checksum": ChecksumKind.SYMMETRIC}, False),
        ({"checksum": ChecksumKind.SYMMETRIC, "parameters": ("sign_alias",)}, True),
    ],
)
def test_the_name_of_the_key_is_sent_where_it_helps_and_never_signed(
    method: CallbackMethod, settings: dict[str, Any], *, sent_along: bool
) -> None:
    sent = written(PAID, method, signer=NAMED, **settings)
    assert sent.signed == V1_SIGNED
    assert dict(read(sent)).get("sign_alias") == ("gateway 2026" if sent_along else None)
    assert read(sent)[-1] == ("checksum", V1_CHECKSUM)


def test_a_key_without_a_name_is_not_named() -> None:
    sent = written(PAID, checksum=ChecksumKind.ASYMMETRIC)
    assert "sign_alias" not in sent.url


# ── Headers ───────────────────────────────────────────────────────────────────────────────────────


def test_headers_of_the_merchant_come_after_ours_as_they_stand() -> None:
    headers = ("Authorization=Basic dTpw==", "X-Shop = demo ", "X-Shop=again", "X-Empty=")
    assert written(PAID, "POST", headers=headers).headers == (
        FORM,
        ("Authorization", "Basic dTpw=="),
        ("X-Shop", "demo"),
        ("X-Shop", "again"),
        ("X-Empty", ""),
    )
    assert written(PAID, headers=("Authorization=token",)).headers == (("Authorization", "token"),)


@pytest.mark.parametrize("method", ["POST", "JSON"])
def test_merchants_header_replaces_the_gateways(method: str) -> None:
    sent = written(PAID, method, headers=("Authorization=token", "Content-type=plain/text"))
    assert sent.headers == (("Authorization", "token"), ("Content-type", "plain/text"))


@pytest.mark.parametrize(
    "line",
    [
        *("Host=evil.example", "content-LENGTH=0", "Transfer-Encoding=chunked", "Connection=close"),
        *("Expect=100-continue", "Upgrade=h2c", "no sign", "=no name", "two words=x", "Имя=x"),
        *("X-Split=a\r\nHost: evil", "X-Split=a\nb", "X\nY=a", "X-Null=\0"),
    ],
)
def test_headers_that_would_break_the_request_are_left_out(line: str) -> None:
    assert written(PAID, headers=(line, "X-Good=1")).headers == (("X-Good", "1"),)


def test_headers_are_not_printed() -> None:
    assert "token" not in repr(written(PAID, headers=("Authorization=token",)))


# ── The receiver's address ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("receiver", "address"),
    [
        ("https://shop.example/cb", "https://shop.example/cb"),
        ("https://shop.example", "https://shop.example/"),
        ("https://shop.example?a=1", "https://shop.example/?a=1"),
        ("https://кафе.рф/путь", "https://xn--80akn5b.xn--p1ai/%D0%BF%D1%83%D1%82%D1%8C"),
        ("https://кафе.рф:8443/?я", "https://xn--80akn5b.xn--p1ai:8443/?%D1%8F"),
        ("https://ключ@кафе.рф/", "https://%D0%BA%D0%BB%D1%8E%D1%87@xn--80akn5b.xn--p1ai/"),
        ("https://shop.example/%D0%b9/ц", "https://shop.example/%D0%b9/%D1%86"),
        ("https://shop.example/100%", "https://shop.example/100%25"),
        ("https://shop.example/a%2Fb?c=%26", "https://shop.example/a%2Fb?c=%26"),
        ('https://shop.example/a b"c\r\nd', "https://shop.example/a%20b%22c%0D%0Ad"),
        ("http://[::1]:8080/cb", "http://[::1]:8080/cb"),
        ("http://ё..я/", "http://%D1%91..%D1%8F/"),
        ("shop.example/ё", "shop.example/%D1%91"),
        ("", ""),
    ],
)
def test_any_address_can_be_written_into_a_request(receiver: str, address: str) -> None:
    assert request_address(receiver) == address


@given(st.one_of(TEXTS, TEXTS.map(lambda text: f"https://{text}")))
def test_encoding_an_address_twice_changes_nothing(receiver: str) -> None:
    address = request_address(receiver)
    assert re.fullmatch(r"(%[0-9a-fA-F]{2}|[!-~])*", address)
    assert request_address(address) == address
