"""The arguments of `altyn pay`: an order, a card, an expiry."""

import pytest

from altyn.cli.orders.pay import print_answer, read_language, read_order
from altyn.cli.orders.payer_members import WAYS, PayOptions, members_of, read_acs, read_expiry
from altyn.cli.orders.payment import EXIT_CODES, exit_code_of, request_payment
from altyn.cli.output import CommandError
from altyn.inbound.sandbox.payer.result import Result
from altyn.inbound.sandbox.payer.ways import WAYS as PAYER_WAYS

PAN = "4111111111111111"
FORM_URL = "https://pay.example:8443/payment/merchants/test/payment_ru.html?mdOrder=42"


def test_form_url_contains_order_and_gateway() -> None:
    assert read_order(FORM_URL, None) == ("42", "https://pay.example:8443")
    assert read_order(FORM_URL, "http://here:1/") == ("42", "http://here:1")


def test_order_id_is_used_with_the_named_gateway() -> None:
    assert read_order("42", "http://here:1") == ("42", "http://here:1")


def test_url_without_an_order_is_refused() -> None:
    with pytest.raises(CommandError, match="mdOrder"):
        read_order("https://pay.example/payment", None)


@pytest.mark.parametrize("text", ["12/34", "12 / 34", "12/2034", "203412"])
def test_expiry_is_read(text: str) -> None:
    assert read_expiry(text) == "203412"


@pytest.mark.parametrize("text", ["", "13/34", "1234", "12/3", "ab/cd", "12/34/56"])
def test_invalid_expiry_is_refused(text: str) -> None:
    with pytest.raises(CommandError, match="12/34"):
        read_expiry(text)


def test_each_result_of_the_simulated_payer_has_an_exit_code() -> None:
    assert set(EXIT_CODES) == set(Result)
    successes = [Result.PAID, Result.HELD, Result.VERIFIED]
    assert [result for result in Result if exit_code_of(result) == 0] == successes
    failures = [exit_code_of(result) for result in Result if result not in successes]
    assert len(set(failures)) == len(failures)
    assert exit_code_of("a result of a newer gateway") == 1


def test_options_of_the_bank_page_are_read() -> None:
    assert read_acs(code=None, leave=False, cancel=False) == {"otp": None, "acs": "CONFIRM"}
    assert read_acs(code="1", leave=False, cancel=False) == {"otp": "1", "acs": "CONFIRM"}
    assert read_acs(code=None, leave=True, cancel=False)["acs"] == "LEAVE"
    assert read_acs(code=None, leave=False, cancel=True)["acs"] == "CANCEL"
    with pytest.raises(CommandError, match="--code and --cancel"):
        read_acs(code="1", leave=False, cancel=True)


def test_language_that_the_pages_do_not_have_is_refused() -> None:
    assert read_language("ru") == "ru"
    with pytest.raises(CommandError, match="--language takes ru or en"):
        read_language("xx")


def test_address_that_is_not_http_is_refused() -> None:
    with pytest.raises(CommandError, match="begins with http://"):
        request_payment("ftp://pay.example", "1", {})


def test_contact_that_is_missing_or_has_no_effect_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = {"steps": [], "text": "Refused.", "orderId": "1", "orderStatus": 0}
    print_answer({**answer, "result": "REFUSED", "missing": ["email", "phone"]})
    assert "Give --email or --phone" in capsys.readouterr().out
    print_answer({**answer, "result": "PAID", "unused": ["email"]})
    assert "--email was not used" in capsys.readouterr().out


def test_sberpay_sends_the_phone_and_the_decision() -> None:
    phone = "+79998887766"
    confirm = members_of("sberpay", PayOptions(phone=phone))
    refuse = members_of("sberpay", PayOptions(phone=phone, refuse=True))
    assert confirm == {"way": "SBERPAY", "phone": phone, "decision": "confirm"}
    assert refuse["decision"] == "refuse"


def test_payment_in_parts_sends_the_phone_both_codes_and_the_card() -> None:
    options = PayOptions(phone="+79998887766", code="1111", otp="12345678", card=PAN)
    sent = members_of("BNPL", options)
    assert sent == {
        "way": "BNPL",
        "phone": "+79998887766",
        "code": "1111",
        "pan": PAN,
        "expiry": None,
        "cvc": None,
        "holder": "CARD HOLDER",
        "otp": "12345678",
        "acs": "CONFIRM",
    }
    assert members_of("bnpl", PayOptions(phone="1", card=PAN, cancel=True))["acs"] == "CANCEL"


@pytest.mark.parametrize("options", [PayOptions(card=PAN, code="1"), PayOptions(card=PAN, otp="1")])
def test_code_of_a_card_is_that_of_3d_secure(options: PayOptions) -> None:
    sent = members_of("card", options)
    assert (sent["otp"], "code" in sent) == ("1", False)


def test_every_way_of_the_simulated_payer_is_a_way_of_the_command() -> None:
    assert {way.upper() for way in WAYS} == set(PAYER_WAYS)


@pytest.mark.parametrize(
    ("way", "options", "text"),
    [
        ("cash", PayOptions(), "--way takes card, sberpay, bnpl, not 'cash'."),
        ("card", PayOptions(), "Give --card"),
        ("card", PayOptions(card="4111111111111111", refuse=True), "--refuse goes with --way"),
        ("sberpay", PayOptions(), "Give --phone"),
        ("sberpay", PayOptions(phone="1", cvc="123", cancel=True), "--cvc, --cancel: not with"),
        ("sberpay", PayOptions(phone="1", otp="1"), "--otp: not with"),
        ("card", PayOptions(card=PAN, code="1", otp="1"), "--code and --otp are both"),
        ("card", PayOptions(card=PAN, otp="1", no_code=True), "--otp and --no-3ds-code contradict"),
        ("bnpl", PayOptions(card=PAN), "Give --phone, the number that gets the code by SMS"),
        ("bnpl", PayOptions(phone="1"), "Give --card"),
        ("bnpl", PayOptions(phone="1", card=PAN, refuse=True), "--refuse goes with --way"),
        ("bnpl", PayOptions(phone="1", card=PAN, otp="1", cancel=True), "--otp and --cancel"),
    ],
)
def test_options_that_do_not_fit_the_way_are_refused(
    way: str, options: PayOptions, text: str
) -> None:
    with pytest.raises(CommandError, match=text):
        members_of(way, options)
