"""Every common mistake in the check of a checksum: a shop's code makes it, and it is named."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from functools import cache
from urllib.parse import parse_qsl, quote, quote_plus, unquote, unquote_plus, urlencode

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from altyn.diagnostics.checksum_mistakes import FOUND_WITHOUT_SEARCH, MISTAKES, Mistake
from altyn.diagnostics.checksum_verdict import PAIRS_LENGTH_MAX, check_checksum
from altyn.diagnostics.received_callback import (
    Form,
    Received,
    UnreadableCallbackError,
    read_received,
)
from altyn.domain.callback import CallbackMethod, CallbackSettings
from altyn.protocol.dialects.classic.callbacks.checksum import asymmetric, canonical, symmetric
from altyn.protocol.dialects.classic.callbacks.request import Signer, callback_request
from tests.callbacks import a_claimed_callback

KEY = "c0ffee42"  # also good as hex, and as base64
SENT = {
    "status": "1",
    "operation": "deposited",
    "orderNumber": "A+1 %41",
    "mdOrder": "5f0c1b0a-3d3e-7a11-9c55-1f2e3d4c5b6a",
    "orderDescription": " Заказ №7",
    "bankName": "",
    "paymentDate": "1",
    "PaymentNote": "own",
}
Sent = dict[str, str]


def address(sent: Sent, key: str = KEY, own: str = "", **more: str) -> str:
    """A callback as the gateway sends it by GET."""
    all_sent = {**sent, **more, "checksum": symmetric(key, canonical(sent))}
    return f"https://shop.example/cb?{own}{urlencode(all_sent, quote_via=quote, safe='')}"


def text_of(sent: Sent) -> str:
    """What a shop signs that makes no mistake so far."""
    kept = {name: value for name, value in sent.items() if name not in {"checksum", "sign_alias"}}
    return "".join(f"{name};{kept[name]};" for name in sorted(kept))


def mac(text: str, key: bytes = KEY.encode(), name: str = "sha256") -> str:
    return hmac.new(key, text.encode(), name).hexdigest().upper()


def raw_query(url: str) -> Sent:
    """A query cut up and not decoded."""
    return dict(part.split("=", 1) for part in url.partition("?")[2].split("&"))


def changed(change: Callable[[str], str]) -> Callable[[Sent, str], str]:
    return lambda sent, _: mac(text_of({name: change(value) for name, value in sent.items()}))


def keyed(key: bytes) -> Callable[[Sent, str], str]:
    return lambda sent, _: mac(text_of(sent), key)


def plain(text: str, name: str = "sha256") -> str:
    return hashlib.new(name, text.encode()).hexdigest().upper()


def only(sent: Sent, *names: str) -> Sent:
    return {name: sent[name] for name in names}


def without(sent: Sent, *names: str) -> Sent:
    return {name: value for name, value in sent.items() if name not in names}


def signed_too(name: str) -> Callable[[Sent, str], str]:
    """Everything is signed and the name also."""

    def compute(sent: Sent, _: str) -> str:
        kept = without(sent, *({"checksum", "sign_alias"} - {name}))
        return mac("".join(f"{key};{kept[key]};" for key in sorted(kept)))

    return compute


def joined_as_received(sent: Sent, _: str) -> str:
    return mac("".join(f"{name};{value};" for name, value in without(sent, "checksum").items()))


def sorted_ignoring_case(sent: Sent, _: str) -> str:
    kept = without(sent, "checksum")
    return mac("".join(f"{name};{kept[name]};" for name in sorted(kept, key=str.lower)))


def lower_names(sent: Sent, _: str) -> str:
    return mac(text_of({name.lower(): value for name, value in sent.items()}))


def separated(sent: Sent, inner: str, between: str) -> str:
    kept = without(sent, "checksum")
    return mac(between.join(f"{name}{inner}{kept[name]}" for name in sorted(kept)))


def mojibake(value: str) -> str:
    return value.encode().decode("cp1251")


# mistake, a piece of code that makes it: from decoded parameters and the raw address
SHOP_CODE: tuple[tuple[str, Callable[[Sent, str], str]], ...] = (
    ("checksum_left_in", signed_too("checksum")),
    ("order_received", joined_as_received),
    ("sorted_ignoring_case", sorted_ignoring_case),
    ("names_lower_cased", lower_names),
    ("last_semicolon_missing", lambda sent, _: mac(text_of(sent)[:-1])),
    ("other_separators", lambda sent, _: separated(sent, "=", "&")),
    ("other_separators", lambda sent, _: separated(sent, ":", ":")),
    ("other_separators", lambda sent, _: separated(sent, ":", ";")),
    ("other_separators", lambda sent, _: separated(sent, "", "")),
    (
        "values_only",
        lambda sent, _: mac(
            "".join(f"{sent[n]};" for n in sorted(without(sent, "checksum"))),
        ),
    ),
    (
        "core_only",
        lambda sent, _: mac(text_of(only(sent, "mdOrder", "operation", "orderNumber", "status"))),
    ),
    ("empty_dropped", lambda sent, _: mac(text_of({n: v for n, v in sent.items() if v}))),
    ("plus_and_space", changed(lambda value: value.replace("+", " "))),
    ("plus_and_space", changed(lambda value: value.replace(" ", "+"))),
    ("still_encoded", lambda _, url: mac(text_of(raw_query(url)))),
    ("still_encoded", changed(quote_plus)),
    ("still_encoded", changed(lambda value: quote(value, safe="!'()*"))),
    ("decoded_twice", changed(unquote)),
    ("decoded_twice", changed(unquote_plus)),
    ("values_trimmed", changed(str.strip)),
    ("other_charset", changed(mojibake)),
    (
        "other_charset",
        lambda sent, _: (
            hmac.new(KEY.encode(), text_of(sent).encode("cp1251"), "sha256").hexdigest().upper()
        ),
    ),
    ("key_white_space", keyed(KEY.encode() + b"\n")),
    ("key_white_space", keyed(KEY.encode() + b"\r\n")),
    ("key_white_space", keyed(b" " + KEY.encode())),
    ("key_white_space", keyed(b'"' + KEY.encode() + b'"')),
    ("key_decoded", keyed(bytes.fromhex(KEY))),
    ("key_decoded", keyed(base64.b64decode(KEY))),
    ("key_decoded", keyed(KEY.encode().hex().encode())),
    ("key_other_case", keyed(KEY.upper().encode())),
    ("key_empty", keyed(b"")),
    ("no_hmac", lambda sent, _: plain(text_of(sent))),
    ("no_hmac", lambda sent, _: plain(text_of(sent) + KEY)),
    ("no_hmac", lambda sent, _: plain(KEY + text_of(sent))),
    ("key_and_text_exchanged", lambda sent, _: mac(KEY, text_of(sent).encode())),
    ("other_hash", lambda sent, _: mac(text_of(sent), name="sha1")),
    ("other_hash", lambda sent, _: mac(text_of(sent), name="sha512")),
    (
        "base64",
        lambda sent, _: base64.b64encode(bytes.fromhex(mac(text_of(sent)))).decode(),
    ),
    ("unknown_left_out", lambda sent, _: mac(text_of(without(sent, "PaymentNote")))),
    ("one_left_out", lambda sent, _: mac(text_of(without(sent, "orderDescription")))),
    ("lower_case", lambda sent, _: mac(text_of(sent)).lower()),
)


@pytest.mark.parametrize(("name", "compute"), SHOP_CODE)
def test_a_mistake_of_a_shop_is_found(name: str, compute: Callable[[Sent, str], str]) -> None:
    url = address(SENT)
    decoded = dict(parse_qsl(url.partition("?")[2], keep_blank_values=True))

    verdict = check_checksum(read_received(url), key=KEY, computed=compute(decoded, url))

    assert verdict.received is not None
    assert verdict.received.right
    assert not verdict.right
    assert names_of(verdict.mistakes) == [name]
    assert verdict.expected == symmetric(KEY, canonical(SENT))
    assert verdict.signed == canonical(SENT)


@pytest.mark.parametrize("in_transit", [False, True])
def test_lower_case_operation_is_named(*, in_transit: bool) -> None:
    sent = {**SENT, "operation": "declinedByTimeout"}
    lower = {**SENT, "operation": "declinedbytimeout"}
    received = address(sent)
    if in_transit:
        received = received.replace("declinedByTimeout", "declinedbytimeout")
    computed = None if in_transit else mac(text_of(lower))
    verdict = check_checksum(read_received(received), key=KEY, computed=computed)
    assert names_of(verdict.mistakes) == ["operation_lower_cased"]


def test_a_right_computation_is_right_also_without_a_checksum_in_the_callback() -> None:
    url = address(SENT)
    unsigned = urlencode(SENT)
    computed = symmetric(KEY, canonical(SENT))

    assert check_checksum(read_received(url), key=KEY, computed=f" {computed}\n").right
    assert check_checksum(read_received(unsigned), key=KEY, computed=computed).right
    assert names_of(check_checksum(read_received(unsigned), key=KEY).mistakes) == ["no_checksum"]


def test_the_alias_is_left_out_of_the_text() -> None:
    received = read_received(address(SENT, sign_alias="k1"))
    with_alias = mac("".join(f"{n};{v};" for n, v in sorted({**SENT, "sign_alias": "k1"}.items())))

    assert check_checksum(received, key=KEY).right
    assert found(received, with_alias) == ["sign_alias_left_in"]


def test_the_shops_own_query_is_not_signed() -> None:
    received = read_received(address(SENT, own="cms=1&lang=ru&"))
    too_much = mac(text_of({**SENT, "cms": "1", "lang": "ru"}))

    verdict = check_checksum(received, key=KEY, computed=too_much)

    assert verdict.own_query == ("cms", "lang")
    assert verdict.signed == canonical(SENT)
    assert names_of(verdict.mistakes) == ["own_query_left_in"]


def test_own_query_is_found_by_position_when_nothing_fits() -> None:
    altered = address(SENT, own="cms=1&").replace("A%2B1", "B")

    verdict = check_checksum(read_received(altered), key=KEY)

    assert verdict.own_query == ("cms",)
    assert names_of(verdict.mistakes) == ["unexplained"]


def test_of_two_equal_names_the_gateways_counts() -> None:
    received = read_received(address(SENT, own="status=0&"))
    first = mac(text_of({**SENT, "status": "0"}))

    assert check_checksum(received, key=KEY).right
    assert found(received, first) == ["first_of_equal_names"]


def test_two_mistakes_at_once() -> None:
    received = read_received(address(SENT))
    text = "".join(f"{name};{SENT[name]};" for name in SENT)

    assert found(received, mac(text[:-1])) == ["order_received", "last_semicolon_missing"]
    assert found(received, mac(text, KEY.encode() + b"\n")) == ["order_received", "key_white_space"]
    assert found(received, plain(text_of(SENT), "sha512")) == ["no_hmac", "other_hash"]
    assert found(received, mac(text_of(SENT)[:-1]).lower()) == [
        "last_semicolon_missing",
        "lower_case",
    ]


def test_two_mistakes_are_not_searched_for_in_a_very_long_text() -> None:
    sent = {**SENT, "orderDescription": "x" * PAIRS_LENGTH_MAX}
    received = read_received(address(sent))
    text = "".join(f"{name};{sent[name]};" for name in sent)

    assert found(received, mac(text)) == ["order_received"]
    assert found(received, mac(text[:-1])) == ["unexplained"]


def test_key_of_another_shop_is_named() -> None:
    received = read_received(address(SENT))
    other_keys = {"test-child": "the other key"}

    one = check_checksum(
        received, key=KEY, computed=mac(text_of(SENT), b"the other key"), other_keys=other_keys
    )
    two = check_checksum(
        received, key=KEY, computed=mac(text_of(SENT)[:-1], b"the other key"), other_keys=other_keys
    )

    assert "test-child" in one.mistakes[0].happened
    assert names_of(one.mistakes) == ["other_key"]
    assert names_of(two.mistakes) == ["other_key", "last_semicolon_missing"]
    assert found(received, mac(text_of(SENT), b"nobody's")) == ["unexplained"]


# ── What happens on the way ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "altered"),
    [
        ("names_lower_cased", lambda url: url.replace("mdOrder", "mdorder")),
        ("plus_and_space", lambda url: url.replace("A%2B1", "A+1")),
        ("decoded_twice", lambda url: url.replace("%", "%25")),
        ("values_trimmed", lambda url: url.replace("paymentDate=", "paymentDate=%20")),
        ("result_changed", lambda url: url.replace("status=1", "status=0")),
        ("result_changed", lambda url: url.replace("deposited", "refunded")),
        ("unknown_left_out", lambda url: f"{url}&utm=1&ref=2"),
        ("one_left_out", lambda url: f"{url}&amount=1"),
        ("lower_case", lambda url: url[:-64] + url[-64:].lower()),
        ("not_hex", lambda url: url[:-1]),
        ("unexplained", lambda url: url.replace("paymentDate=1", "paymentDate=2")),
    ],
)
def test_change_in_transit_is_found(name: str, altered: Callable[[str], str]) -> None:
    sent = {**without(SENT, "PaymentNote"), "orderNumber": "A+1 B", "orderDescription": "Книга"}

    verdict = check_checksum(read_received(altered(address(sent))), key=KEY)

    assert not verdict.right
    assert names_of(verdict.mistakes) == [name]


def test_a_text_that_was_decoded_when_it_was_copied() -> None:
    assert found_in(unquote(address({**SENT, "bankName": "100%25"}))) == ["still_encoded"]


def test_the_text_that_fits_is_shown() -> None:
    verdict = check_checksum(read_received(address(SENT).replace("status=1", "status=0")), key=KEY)

    assert verdict.received is not None
    assert verdict.received.made_of == canonical(SENT)
    assert verdict.signed == canonical({**SENT, "status": "0"})


def test_json_members_that_are_forgotten() -> None:
    sent = {"mdOrder": "5f0c", "operation": "deposited", "status": "1", "amount": "5"}
    text = json_body(sent, nested=("amount",))

    assert found(read_received(text), mac(text_of(without(sent, "amount")))) == ["core_only"]
    whole = {**without(sent, "amount"), "additionalParams": '{"amount": "5"}'}
    assert found(read_received(text), mac(text_of(whole))) == ["additional_params_not_flattened"]


@pytest.mark.parametrize("yes", ["True", "1"])
def test_true_as_other_languages_write_it(yes: str) -> None:
    sent = {"bindingId": "5f0c", "operation": "bindingActivityChanged", "enabled": "true"}

    computed = mac(text_of({**sent, "enabled": yes}))

    assert found(read_received(address(sent)), computed) == ["other_words_for_yes"]


# ── Certificates ──────────────────────────────────────────────────────────────────────────────────


@cache
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def signed_address(sent: Sent, checksum: str) -> str:
    return "/cb?" + urlencode({**sent, "sign_alias": "k1", "checksum": checksum})


def test_a_certificate_checks_what_the_private_key_signed() -> None:
    public_key = private_key().public_key()
    received = read_received(signed_address(SENT, asymmetric(private_key(), canonical(SENT))))

    verdict = check_checksum(received, public_key=public_key)

    assert verdict.right
    assert verdict.expected is None
    assert check_checksum(received, public_key=public_key, key=KEY).right
    assert names_of(check_checksum(received, key=KEY).mistakes) == ["needs_certificate"]
    assert names_of(
        check_checksum(read_received(address(SENT)), public_key=public_key).mistakes
    ) == ["needs_key"]


def test_with_both_the_length_of_the_checksum_decides() -> None:
    assert check_checksum(
        read_received(address(SENT)), public_key=private_key().public_key(), key=KEY
    ).right


def test_mistakes_are_recognised_by_the_certificate_too() -> None:
    unsorted = "".join(f"{name};{value};" for name, value in SENT.items())
    sha256 = private_key().sign(canonical(SENT).encode(), padding.PKCS1v15(), hashes.SHA256())

    for name, checksum in (
        ("order_received", asymmetric(private_key(), unsorted)),
        ("other_hash", sha256.hex().upper()),
        ("lower_case", asymmetric(private_key(), canonical(SENT)).lower()),
        ("unexplained", asymmetric(private_key(), "something;else;")),
    ):
        verdict = check_checksum(
            read_received(signed_address(SENT, checksum)), public_key=private_key().public_key()
        )
        assert names_of(verdict.mistakes) == [name]


# ── Reading ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "https://shop.example/cb?a=1%202&b=",
        "https://shop.example/cb?a=1+2&b=#top",
        "  http://127.0.0.1:9090/x=y/cb?a=1+2&b=\n",
        "127.0.0.1:9090/cb?a=1+2&b=",
        "/cb?a=1+2&b=",
        "?a=1+2&b=",
        "a=1+2&b=",
        "a=1+2&&b",
        "GET /cb?a=1+2&b= HTTP/1.1",
        '{"a": "1 2", "b": ""}',
        '{"a": "1 2", "b": null}',
        '{"a": "1 2", "additionalParams": {"b": ""}}',
    ],
)
def test_every_text_form_is_read(text: str) -> None:
    assert read_received(text).parameters == {"a": "1 2", "b": ""}


def test_question_mark_in_a_value_is_part_of_the_value() -> None:
    assert read_received("a=what?&b=https://x.example/?c").parameters == {
        "a": "what?",
        "b": "https://x.example/?c",
    }


def test_json_values_are_signed_as_they_are_written() -> None:
    text = (
        '{"n": 1.50, "i": 100000000000000000000, "t": true, "o": {"k": [1, "я"]}, "s": "\\ud800"}'
    )

    assert read_received(text).parameters == {
        "n": "1.50",
        "i": "100000000000000000000",
        "t": "true",
        "o": '{"k":["1","я"]}',
        "s": "\ufffd",
    }


@pytest.mark.parametrize(
    "text", ["", " \n", "hello", "https://shop.example/cb", "/cb?", "{", "{}", "[1]", "[" * 100_000]
)
def test_text_that_is_not_a_callback_is_refused(text: str) -> None:
    with pytest.raises(UnreadableCallbackError):
        read_received(text)


@given(st.text())
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        received = read_received(text)
    except UnreadableCallbackError:
        return
    verdict = check_checksum(received, key=KEY)
    assert verdict.right is (received.checksum == verdict.expected)


# ── Right ones ────────────────────────────────────────────────────────────────────────────────────

NAMES = st.text(min_size=1, max_size=10).filter(
    lambda name: name not in {"checksum", "sign_alias", "additionalParams"}
)
VALUES = st.text(max_size=20)


def json_body(sent: Sent, nested: tuple[str, ...] = (), key: str = KEY) -> str:
    members: dict[str, object] = {**without(sent, *nested)}
    if "status" in members:
        members["status"] = int(sent["status"])
    members["checksum"] = symmetric(key, canonical(sent))
    if nested:
        members["additionalParams"] = only(sent, *nested)
    return json.dumps(members)


@settings(max_examples=60)
@given(st.dictionaries(NAMES, VALUES, min_size=1, max_size=6), st.text(max_size=20), st.booleans())
def test_correct_callback_is_correct_in_every_form(
    sent: Sent,
    key: str,
    spaces_as_plus: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    sent = {**sent, "status": "1"}
    checksum = symmetric(key, canonical(sent))
    form = urlencode(
        {**sent, "checksum": checksum}, quote_via=quote_plus if spaces_as_plus else quote
    )
    for text in (
        form,
        f"https://shop.example/cb?{form}",
        f"https://shop.example/cb?cms=1&{form}",
        json_body(sent, key=key),
        json_body(sent, nested=tuple(name for name in sent if name != "status"), key=key),
    ):
        verdict = check_checksum(read_received(text), key=key)
        assert verdict.right, text
        assert verdict.signed == canonical(sent)
        assert verdict.expected == checksum


@pytest.mark.parametrize("method", CallbackMethod)
@pytest.mark.parametrize("operation", ["deposited", "bindingCreated"])
def test_request_of_the_gateway_is_correct(method: CallbackMethod, operation: str) -> None:
    sent = {**SENT, "operation": operation}
    callback = a_claimed_callback("https://shop.example/cb?cms=1&назад=да", sent)
    asked = CallbackSettings(method=method, parameters=("sign_alias",))

    written = callback_request(callback, asked, Signer("k1", lambda signed: symmetric(KEY, signed)))
    text = written.url if written.body is None else written.body.decode()
    verdict = check_checksum(read_received(text), key=KEY)

    assert verdict.right
    assert verdict.signed == written.signed
    assert verdict.own_query == (("cms", "назад") if method is CallbackMethod.GET else ())


@settings(max_examples=15)
@given(st.dictionaries(NAMES, VALUES, min_size=1, max_size=4), st.data())
def test_an_altered_callback_is_never_right(sent: Sent, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(sent)))
    other = data.draw(VALUES.filter(lambda value: value != sent[name]))
    altered = {**sent, name: other, "checksum": symmetric(KEY, canonical(sent))}

    assert not check_checksum(read_received(json.dumps(altered)), key=KEY).right


# ── The table ─────────────────────────────────────────────────────────────────────────────────────


def test_every_mistake_has_texts_and_a_unique_name() -> None:
    rows = (*MISTAKES, *FOUND_WITHOUT_SEARCH)
    assert len({row.name for row in rows}) == len(rows)
    for row in rows:
        for text in (row.happened, row.remedy, *([row.altered] if row.altered else [])):
            assert text[-1] == "."


def test_every_row_is_shown_by_a_test_above() -> None:
    tried = {name for name, _ in SHOP_CODE} | {
        *("own_query_left_in", "sign_alias_left_in", "first_of_equal_names", "result_changed"),
        *("additional_params_not_flattened", "other_words_for_yes", "operation_lower_cased"),
    }
    assert {row.name for row in MISTAKES} <= tried


def test_a_key_is_never_printed() -> None:
    assert KEY not in repr(check_checksum(read_received(address(SENT)), key=KEY))


def names_of(mistakes: tuple[Mistake, ...]) -> list[str]:
    return [mistake.name for mistake in mistakes]


def found(received: Received, computed: str) -> list[str]:
    """What is found to be wrong in a shop's own checksum."""
    verdict = check_checksum(received, key=KEY, computed=computed)
    assert verdict.computed is not None
    return names_of(verdict.computed.mistakes)


def found_in(text: str) -> list[str]:
    received = read_received(text)
    assert received.form in Form
    return names_of(check_checksum(received, key=KEY).mistakes)
