"""Each setting has its rule, and a refusal names the setting and what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

import pytest

from altyn.domain.callback import (
    CallbackMethod,
    CallbackOperation,
    CallbackSettings,
    ChecksumKind,
)
from altyn.domain.merchant import MerchantSettings, Permission
from altyn.domain.page import PAGE_LANGUAGES, HolderField
from altyn.domain.receipt.settings import FiscalProvider, FiscalSettings
from altyn.domain.way_settings import SberPaySettings
from altyn.look import LANGUAGES
from altyn.operations.staff.errors import SettingRefusedError
from altyn.operations.staff.setting_pairs import pairs_of
from altyn.operations.staff.setting_table import (
    GROUPS,
    SETTINGS,
    changed_settings,
    check_changes,
    encrypted_changes,
    group_of,
)

DEFAULT = MerchantSettings()


def change(changes: Mapping[str, object], settings: MerchantSettings = DEFAULT) -> MerchantSettings:
    """The settings after some changes."""
    return changed_settings(settings, check_changes(changes))


def test_every_setting_has_its_row() -> None:
    names = {field.name for field in fields(MerchantSettings)} - GROUPS.keys()
    for group, settings in GROUPS.items():
        names |= {f"{group}.{field.name}" for field in fields(settings)}
    assert [setting.key for setting in SETTINGS] == sorted(
        names, key=[setting.key for setting in SETTINGS].index
    )


def test_defaults_obey_the_rules() -> None:
    changes = {}
    for key in (setting.key for setting in SETTINGS):
        group, name = group_of(key)
        owner = getattr(DEFAULT, group) if group else DEFAULT
        changes[key] = getattr(owner, name)
    assert change(changes) == MerchantSettings()


def test_none_puts_a_setting_back_to_its_default() -> None:
    changed = change({"hold_days": 9, "callbacks.key": "long enough"})
    assert changed != DEFAULT
    assert change({"hold_days": None, "callbacks.key": None, "mcc": None}, changed) == DEFAULT


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("hold_days", "30", 30),
        ("show_final_page", "true", True),
        ("currencies", "643, 840", ("643", "840")),
        ("currencies", "643,048,392", ("643", "048", "392")),
        ("ip_allow_list", "", ()),
        ("permissions", "refund,two_phase", {Permission.REFUND, Permission.TWO_PHASE}),
        ("mcc", "7011", "7011"),
        ("default_language", "FR", "fr"),
        ("default_language", "by", "by"),
        ("return_query_before_fragment", "true", True),
        ("page_names", "ru=Чай, кофе, en=Tea, coffee", ("ru=Чай, кофе", "en=Tea, coffee")),
        ("page_names", "", ()),
        ("page_logo", "https://shop.example/logo.svg", "https://shop.example/logo.svg"),
        ("page_logo", "data:image/jpeg;base64,/9j/AA==", "data:image/jpeg;base64,/9j/AA=="),
        ("page_logo", "", ""),
        ("page_holder", "optional", HolderField.OPTIONAL),
        (
            "page_frame_origins",
            "https://shop.example, https://*.shop.example:8443, http://localhost:3000",
            ("https://shop.example", "https://*.shop.example:8443", "http://localhost:3000"),
        ),
    ],
)
def test_value_may_be_typed_as_text(key: str, text: str, value: object) -> None:
    assert getattr(change({key: text}), key) == value


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("hold_day", 7, "no such setting; did you mean hold_days?"),
        ("xyzzy", 7, "no such setting; there are permissions"),
        ("callbacks", {}, "no such setting"),
        ("callbacks.secret", "x", "no such setting"),
        ("permissions", "refunds", "reversal"),
        ("hold_days", 0, "1 to 365 days"),
        ("hold_days", 1.5, "1 to 365 days"),
        ("hold_days", "many", "1 to 365 days"),
        ("session_timeout_seconds", 1_000_000_000, "1 to 999999999 seconds"),
        ("default_language", "rus", "two Latin letters"),
        ("default_language", "рус", "two Latin letters"),
        ("default_currency", "999", "ISO 4217"),
        ("currencies", "", "at least one"),
        ("currencies", "643,999", "at least one"),
        ("status_version", 47, "1 to 46"),
        ("tds_version", "3", "1 or 2"),
        ("ip_allow_list", "192.0.2.0/33", "192.0.2.0/24"),
        ("terminal", "123456789", "1 to 8 letters and digits"),
        ("terminal", "терминал", "1 to 8 letters and digits"),
        ("mcc", "701\n", "four digits"),
        ("fiscal.company_email", "shop.example", "an e-mail address"),
        ("fiscal.company_email", "a@" + "b" * 63, "at most 64"),
        ("fiscal.password", "пароль", "stored encrypted, and never shown"),
        ("fiscal.payment_address", "a" * 257, "at most 256"),
        ("page_names", "Tea", "language=name"),
        ("page_names", "de=Tee", "of ru, en"),
        ("page_names", "ru=Чай,ru=Кофе", "each language once"),
        ("page_names", ["ru=Чай\u202e"], "printable"),
        ("page_names", ["ru=" + "ч" * 101], "1 to 100"),
        ("page_logo", "http://shop.example/logo.png", "an https address"),
        ("page_logo", "https://магазин.рф/logo.png", "ASCII"),
        ("page_logo", "https://user@shop.example/logo.png", "without a user"),
        ("page_logo", "javascript:alert(1)", "an https address"),
        ("page_logo", "data:text/html;base64,PGI+", "data:image/png"),
        ("page_logo", "data:image/svg+xml;base64,PHN2Zz4=", "data:image/png"),
        ("page_logo", "data:image/png;base64,PHN2Zz4=", "an image of that type"),
        ("page_logo", "data:image/png;base64,iVBOR", "an image of that type"),
        ("page_logo", "data:image/jpeg;base64,/9j/" + "A" * 22_000, "at most 16384 bytes"),
        ("page_holder", "maybe", "off, optional, required"),
        ("page_frame_origins", "shop.example", "as https://shop.example"),
        ("page_frame_origins", "http://shop.example", "http only for localhost"),
        ("page_frame_origins", "https://shop.example/page", "without a path"),
        ("page_frame_origins", "https://shop.example:99999", "without a path"),
        ("page_frame_origins", "https://*", "without a path"),
        ("page_frame_origins", "https://shop.example; script-src *", "without a path"),
        ("page_frame_origins", "*", "without a path"),
        ("page_frame_origins", ["https://a.example"] * 21, "at most 20"),
        ("callbacks.enabled", "sometimes", "true or false"),
        ("callbacks.mode", "dynamic", "+dynamic_callback"),
        ("callbacks.method", "PUT", "GET, JSON, POST"),
        ("callbacks.operations", "exploded", "approved"),
        ("callbacks.parameters", "amount,1st", "a letter first"),
        ("callbacks.parameters", "amount;x", "Latin letters"),
        ("callbacks.parameters", "n" * 65, "at most 64"),
        ("callbacks.parameters", [f"p{number}" for number in range(101)], "a list of names"),
        ("callbacks.headers", [f"X-{number}=1" for number in range(21)], "at most 20"),
        ("callbacks.checksum", "md5", "asymmetric, none, symmetric"),
        ("callbacks.key", "short", "8 to 256 printable characters"),
        ("callbacks.key", "long enough\0", "8 to 256 printable characters"),
        ("callbacks.key", "k" * 257, "8 to 256 printable characters"),
        ("callbacks.attempts", 0, "1 to 20"),
        ("callbacks.attempts", 21, "1 to 20"),
        ("callbacks.interval_seconds", 0, "1 to 86400 seconds"),
        ("callbacks.interval_seconds", 86_401, "1 to 86400 seconds"),
        ("callbacks.growing", "slowly", "true or false"),
        ("callbacks.timeout_seconds", 0, "1 to 60 seconds"),
        ("callbacks.timeout_seconds", 61, "1 to 60 seconds"),
    ],
)
def test_refusal_names_the_setting_and_what_is_allowed(
    key: str, value: object, allowed: str
) -> None:
    with pytest.raises(SettingRefusedError) as refused:
        change({key: value})
    assert refused.value.key == key
    assert allowed in refused.value.allowed
    assert str(refused.value).startswith(f"{key}: ")


def test_names_may_be_given_in_the_languages_of_the_page() -> None:
    assert set(PAGE_LANGUAGES) == set(LANGUAGES)


def test_refusal_does_not_repeat_a_key() -> None:
    with pytest.raises(SettingRefusedError) as refused:
        change({"callbacks.key": ["a secret key"]})
    assert "secret" not in str(refused.value)


def test_settings_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(SettingRefusedError, match="default_currency: one of the merchant's"):
        change({"default_currency": "840"})
    with pytest.raises(SettingRefusedError, match="amount_min_minor: at most"):
        change({"amount_min_minor": 500, "amount_max_minor": 400})
    settings = change({"currencies": "643,840", "default_currency": "840"})
    with pytest.raises(SettingRefusedError, match="default_currency"):
        change({"currencies": "643"}, settings)


@pytest.mark.parametrize("way", ["", "sberpay.", "bnpl.", "credit."])
def test_smallest_sum_above_the_largest_is_refused(way: str) -> None:
    smallest, largest = f"{way}amount_min_minor", f"{way}amount_max_minor"
    with pytest.raises(SettingRefusedError, match=f"^{smallest}: at most {largest}, 400; both "):
        change({smallest: "500", largest: "400"})
    settings = change({smallest: "300", largest: "400"})
    with pytest.raises(SettingRefusedError, match=f"^{smallest}: at most {largest}, 400; both "):
        change({smallest: "401"}, settings)
    with pytest.raises(SettingRefusedError, match=f"^{largest}: at least {smallest}, 300; both "):
        change({largest: "299"}, settings)
    change({smallest: "500", largest: "500"}, settings)


def test_every_pair_of_sums_is_checked() -> None:
    pairs = list(pairs_of([setting.key for setting in SETTINGS]))
    assert {smallest.rpartition(".")[0] for smallest, _ in pairs} == {
        "",
        "sberpay",
        "bnpl",
        "credit",
    }


def test_stored_crossed_pair_does_not_refuse_other_changes() -> None:
    crossed = MerchantSettings(sberpay=SberPaySettings(amount_min_minor=9, amount_max_minor=8))
    assert change({"hold_days": "5"}, crossed).hold_days == 5


def callbacks(**changes: object) -> CallbackSettings:
    """The settings of callbacks after these changes, by their names."""
    by_key = {f"callbacks.{name}": value for name, value in changes.items()}
    return change(by_key).callbacks


def test_all_callback_settings_may_be_typed_as_text() -> None:
    assert callbacks(
        enabled="false",
        urls="https://shop.example/cb",
        method="JSON",
        operations="deposited, bindingCreated",
        parameters="amount, callbackCreationDate, merchant_own.param",
        headers="X-Shop=1",
        checksum="asymmetric",
        key="long enough",
        attempts="6",
        interval_seconds="600",
        growing="true",
        timeout_seconds="60",
    ) == CallbackSettings(
        enabled=False,
        urls=("https://shop.example/cb",),
        method=CallbackMethod.JSON,
        operations=("deposited", "bindingCreated"),
        parameters=("amount", "callbackCreationDate", "merchant_own.param"),
        headers=("X-Shop=1",),
        checksum=ChecksumKind.ASYMMETRIC,
        key="long enough",
        attempts=6,
        interval_seconds=600,
        growing=True,
        timeout_seconds=60,
    )


@pytest.mark.parametrize(
    "typed", ["declinedCardPresent,reversed", ("declinedCardPresent", "reversed")]
)
def test_other_spelling_of_an_operation_is_accepted(typed: object) -> None:
    chosen = change({"callbacks.operations": typed}).callbacks.operations
    assert chosen == (CallbackOperation.DECLINED_CARD_PRESENT, CallbackOperation.REVERSED)


def test_every_callback_operation_may_be_chosen() -> None:
    assert callbacks(operations=list(CallbackOperation)).operations == tuple(CallbackOperation)


@pytest.mark.parametrize(
    "address",
    [
        "https://shop.example/callback",
        "https://shop.example?wc-api=rbs&action=callback",  # WordPress: no path at all
        "http://shop_backend:8080/cb?sizes=1,2",
        "http://127.0.0.1:9000/",
        "https://[2001:db8::1]:8443/cb",
        "https://магазин.рф/обратный-вызов",
        "https://shop.example./" + "a" * (512 - 22),
    ],
)
def test_valid_address_is_accepted(address: str) -> None:
    assert callbacks(urls=address).urls == (address,)


@pytest.mark.parametrize(
    "address",
    [
        "shop.example/callback",
        "ftp://shop.example",
        "http://[",
        "http://",
        "https:///callback",
        "https://user:password@shop.example/cb",
        "https://@shop.example/cb",
        "https://shop.example/cb#part",
        "https://shop.example\\@other.example/",
        "https://shop.example/a b",
        "https://shop.example/\tcb",
        "https://shop.example/\u2028cb",
        "https://shop.example/\ud800",
        "https://shop.example:0/",
        "https://shop.example:65536/",
        "https://shop.example:port/",
        "https://shop%2eexample/",
        "https://[fe80::1%25eth0]/",
        "https://a,b/",
        "https://a..b/",
        "https://shop.example./" + "a" * (513 - 22),
    ],
)
def test_invalid_address_is_refused(address: str) -> None:
    with pytest.raises(SettingRefusedError, match=r"callbacks\.urls: .* http or https addresses"):
        callbacks(urls=[address])


def test_addresses_may_have_commas_between_and_within() -> None:
    text = "https://one.example/?a=1,2, http://two.example,https://three.example/,"
    assert callbacks(urls=text).urls == (
        "https://one.example/?a=1,2",
        "http://two.example",
        "https://three.example/",
    )
    assert len(callbacks(urls=["https://shop.example/"] * 10).urls) == 10
    with pytest.raises(SettingRefusedError, match="at most 10"):
        callbacks(urls=["https://shop.example/"] * 11)


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        (
            "{Authorization=token, Content-type=plain/text}",
            ("Authorization=token", "Content-type=plain/text"),
        ),
        ("Authorization=Bearer a.b==", ("Authorization=Bearer a.b==",)),
        ("Accept=text/html, */*,X-Shop=1", ("Accept=text/html, */*", "X-Shop=1")),
        ("{}", ()),
        ("", ()),
    ],
)
def test_headers_may_be_typed_as_in_the_protocol(text: str, headers: tuple[str, ...]) -> None:
    assert callbacks(headers=text).headers == headers
    assert callbacks(headers=list(headers)).headers == headers


@pytest.mark.parametrize(
    "line",
    [
        "Authorization",
        "Authorization=",
        "=token",
        "Авторизация=token",
        "X Shop=1",
        "X-Shop: one=two",
        "X-Shop= padded",
        "X-Shop=one\r\nX-Other: two",
        "X-Shop=one\ntwo",
        "X-Shop=one\0two",
        "X-Shop=one\x7f",
        "X-Shop=" + "v" * 1018,
        "Host=other.example",
        "content-length=55",
        "Transfer-Encoding=chunked",
        "CONNECTION=close",
        "Expect=100-continue",
    ],
)
def test_header_that_would_break_the_request_is_refused_without_its_value(line: str) -> None:
    with pytest.raises(SettingRefusedError, match=r"^callbacks\.headers: ") as refused:
        callbacks(headers=[line])
    value = line.partition("=")[2]
    assert not value or value not in str(refused.value)


ATOL = {
    "fiscal.provider": "atol",
    "fiscal.inn": "7700000007",
    "fiscal.group": "group-1",
    "fiscal.login": "login",
    "fiscal.password": "password",
    "fiscal.payment_address": "https://shop.example",
    "fiscal.company_email": "shop@shop.example",
}


@pytest.mark.parametrize("left_out", [key for key in ATOL if key != "fiscal.provider"])
def test_provider_is_set_together_with_what_it_needs(left_out: str) -> None:
    complete = change(ATOL)
    assert complete.fiscal.provider == "atol"
    with pytest.raises(SettingRefusedError, match=rf"^fiscal\.provider: .*{left_out}"):
        change({key: value for key, value in ATOL.items() if key != left_out})
    with pytest.raises(SettingRefusedError, match=left_out):
        change({left_out: None}, complete)
    assert change({left_out: None, "fiscal.provider": "none"}, complete).fiscal.provider == "none"


def test_incomplete_provider_does_not_stop_changes_of_other_groups() -> None:
    old = MerchantSettings(fiscal=FiscalSettings(provider=FiscalProvider.ATOL))
    assert change({"hold_days": 9}, old).hold_days == 9


def test_secret_settings_are_encrypted_and_others_are_not() -> None:
    changes = check_changes({"fiscal.password": "password", "fiscal.login": "login"})
    encrypted = encrypted_changes(changes, lambda key, value: f"{key}({value})")
    assert [each.value for each in encrypted] == ["fiscal.password(password)", "login"]
    reset = check_changes({"fiscal.password": None})
    assert encrypted_changes(reset, lambda *_: "never") == reset
