"""Payments in the bank's app that a registration asks for: the rules, in their order."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import pytest

from altyn.domain.merchant import OPENING, Merchant, Permission
from altyn.domain.refusals import Refusal
from altyn.domain.way_settings import BnplSettings, SberPaySettings
from altyn.operations.app_request import (
    AppRequest,
    notes_of_app,
    refuse_app,
    refuse_incomplete_app,
)
from altyn.operations.decisions import Refused
from altyn.operations.paying.sberpay import SberPayDetails
from tests.builders import a_merchant
from tests.unit.operations.ladders import documented_refusals, ladder_cases

PUSH: Final = AppRequest(amount_minor=5000_00, currency="643", back2app=True, phone="79998887766")
LINK: Final = AppRequest(
    amount_minor=5000_00, currency="643", app2app=True, os_type="ios", deep_link="shop://paid"
)
NOTHING: Final = AppRequest(amount_minor=5000_00, currency="643")

Case = tuple[AppRequest, frozenset[Permission]]
RUNGS: Final = (
    (Refusal.ACCESS_DENIED, lambda c: (c[0], c[1] - {Permission.BACK2APP})),
    (Refusal.AMOUNT_INVALID, lambda c: (replace(c[0], amount_minor=99), c[1])),
    (Refusal.PARAMETER_INVALID, lambda c: (replace(c[0], currency="840"), c[1])),
    (Refusal.JSON_PARAMS_INVALID, lambda c: (replace(c[0], app2app=True), c[1])),
)


def shop(without: Iterable[Permission] = (), **changes: object) -> Merchant:
    merchant = a_merchant(permissions=OPENING.difference(without))
    return replace(merchant, settings=replace(merchant.settings, **changes))  # type: ignore[arg-type]


def refusal(request: AppRequest, merchant: Merchant | None = None) -> tuple[Refusal, str] | None:
    return named(refuse_app(request, merchant or shop()))


def named(refused: Refused | None) -> tuple[Refusal, str] | None:
    if refused is None:
        return None
    assert refused.rule, "a refusal says which rule is broken"
    return refused.refusal, refused.parameter


def test_refusals_are_those_of_the_docstring() -> None:
    assert documented_refusals(refuse_app) == [refusal for refusal, _ in RUNGS]


@pytest.mark.parametrize(("case", "expected"), ladder_cases((PUSH, OPENING), RUNGS))
def test_first_refusal_of_the_docstring_is_returned(case: Case, expected: Refusal) -> None:
    refused = refuse_app(case[0], a_merchant(permissions=case[1]))
    assert isinstance(refused, Refused)
    assert refused.refusal is expected


@pytest.mark.parametrize("request_", [PUSH, LINK, NOTHING])
def test_right_request_is_accepted(request_: AppRequest) -> None:
    assert refuse_app(request_, shop()) is None
    assert refuse_incomplete_app(request_) is None


@pytest.mark.parametrize(
    ("request_", "permission"),
    [
        (PUSH, Permission.SBERPAY),
        (PUSH, Permission.BACK2APP),
        (LINK, Permission.SBERPAY),
        (LINK, Permission.APP2APP),
    ],
)
def test_each_way_needs_its_permissions(request_: AppRequest, permission: Permission) -> None:
    assert refusal(request_, shop([permission])) == (Refusal.ACCESS_DENIED, "")
    assert refusal(NOTHING, shop([permission])) is None


def test_permission_of_the_other_way_is_not_needed() -> None:
    assert refusal(PUSH, shop([Permission.APP2APP])) is None
    assert refusal(LINK, shop([Permission.BACK2APP])) is None


def test_shop_that_takes_parts_only_takes_no_sberpay() -> None:
    only = shop(bnpl=BnplSettings(only=True))
    assert refusal(PUSH, only) == (Refusal.ACCESS_DENIED, "")


@pytest.mark.parametrize(
    ("amount_minor", "accepted"), [(499, False), (500, True), (600, True), (601, False)]
)
def test_sum_has_limits_of_its_own(amount_minor: int, *, accepted: bool) -> None:
    limited = shop(sberpay=SberPaySettings(amount_min_minor=500, amount_max_minor=600))
    expected = None if accepted else (Refusal.AMOUNT_INVALID, "amount_minor")
    assert refusal(replace(PUSH, amount_minor=amount_minor), limited) == expected


@pytest.mark.parametrize(
    ("sent", "normal"),
    [
        ("+79000000000", "79000000000"),
        (" 79000000000", "79000000000"),  # a plus that the client has not escaped
        ("89000000000", "79000000000"),
        ("9000000000", "79000000000"),
        ("79000000000", "79000000000"),
        ("7900000000", "77900000000"),  # ten digits, whatever they begin with
        ("1234567890", "71234567890"),
    ],
)
def test_every_form_of_a_phone_is_accepted(sent: str, normal: str) -> None:
    for request_ in (
        replace(PUSH, phone=sent),
        replace(PUSH, phone=None, json_phone=sent),
        replace(PUSH, phone=sent, json_phone="1"),
    ):
        assert refusal(request_) is None
        assert request_.details == SberPayDetails(phone=normal)


@pytest.mark.parametrize("sent", ["123456789", "+19000000000", "99900000000", "+7 900 000 00 00"])
def test_other_phones_are_refused_where_they_stand(sent: str) -> None:
    assert refusal(replace(PUSH, phone=sent)) == (Refusal.PARAMETER_INVALID, "phone")
    in_json = replace(PUSH, phone=None, json_phone=sent)
    assert refusal(in_json) == (Refusal.JSON_PARAMS_INVALID, "json_params")
    assert refusal(replace(LINK, phone=sent)) is None, "a link needs no phone"


def test_phone_is_mandatory_for_a_push_alone() -> None:
    refused = refuse_incomplete_app(replace(PUSH, phone=None))
    assert named(refused) == (Refusal.PARAMETER_EMPTY, "phone")
    assert refuse_incomplete_app(replace(LINK, phone=None)) is None


@pytest.mark.parametrize(
    ("request_", "parameter"),
    [
        (replace(LINK, os_type=None), "os_type"),
        (replace(LINK, deep_link=None), "deep_link"),
        (replace(LINK, back2app=True, phone="79998887766"), "app2app"),
    ],
)
def test_useless_combinations_are_refused(request_: AppRequest, parameter: str) -> None:
    assert refusal(request_) == (Refusal.JSON_PARAMS_INVALID, parameter)


@pytest.mark.parametrize("request_", [PUSH, LINK])
def test_parameters_of_cards_do_not_go_with_the_app(request_: AppRequest) -> None:
    stored_card = replace(request_, binding_id="b-1")
    assert refusal(stored_card) == (Refusal.PARAMETER_INVALID, "binding_id")
    for feature in ("VERIFY", "AUTO_PAYMENT"):
        of_cards = replace(request_, features=("FORCE_TDS", feature))
        assert named(refuse_incomplete_app(of_cards)) == (Refusal.FEATURES_INVALID, "features")
    assert refusal(replace(request_, features=("VERIFY",), amount_minor=0)) is None


def test_parameters_of_the_app_without_app2app_are_noted() -> None:
    idle = replace(LINK, app2app=None)
    assert idle_names(idle) == ["os_type", "deep_link"]
    assert not idle_names(LINK)
    assert not idle_names(PUSH)


def idle_names(request: AppRequest, merchant: Merchant | None = None) -> list[str]:
    return [note.parameter for note in notes_of_app(request, merchant or shop())]


BACK: Final = "https://shop.example/paid?s=@{BankResultState}"
PAGE: Final = replace(NOTHING, web2app=True, back_url=BACK)


@pytest.mark.parametrize(
    ("request_", "idle"),
    [
        (PAGE, []),
        (replace(PAGE, web2app=False, hidden=True, back_url=None), []),
        (replace(PAGE, hidden=True), ["web2app", "back_url"]),
        (replace(PUSH, web2app=True, back_url=BACK), ["web2app"]),
        (replace(PUSH, back_url=BACK, hidden=True), []),
        (replace(LINK, web2app=True, back_url=BACK), ["web2app", "back_url"]),
        (replace(PAGE, currency="840"), ["web2app", "back_url"]),
        (replace(PAGE, amount_minor=99), ["web2app", "back_url"]),
        (replace(PAGE, allowed_ways=("CARD",)), ["web2app", "back_url"]),
        (replace(PAGE, allowed_ways=("CARD", "SBRF_SBOL")), []),
        (replace(PAGE, features=("BNPL",)), ["web2app", "back_url"]),
        (replace(PAGE, features=("VERIFY",), amount_minor=0), ["web2app", "back_url"]),
        (replace(PAGE, binding_id="b-1"), ["web2app", "back_url"]),
    ],
)
def test_parameters_of_sberpay_on_the_page_are_noted_where_they_do_nothing(
    request_: AppRequest, idle: list[str]
) -> None:
    assert idle_names(request_) == idle


@pytest.mark.parametrize(
    ("without", "changes", "idle"),
    [
        ((Permission.SBERPAY,), {}, []),  # the table of parameters says so
        ((), {"bnpl": BnplSettings(only=True)}, ["web2app", "back_url"]),
        ((), {"allowed_payment_ways": ("CARD",)}, ["web2app", "back_url"]),
        ((), {"sberpay": SberPaySettings(amount_min_minor=9000_00)}, ["web2app", "back_url"]),
        ((), {"sberpay": SberPaySettings(inactive=True)}, []),  # it may end before the payer comes
    ],
)
def test_settings_of_the_shop_leave_the_parameters_without_effect(
    without: tuple[Permission, ...], changes: dict[str, object], idle: list[str]
) -> None:
    assert idle_names(PAGE, shop(without, **changes)) == idle


def test_attributes_of_the_page_are_kept() -> None:
    assert PAGE.params == {"web2app": "true", "sberpay.backurl": BACK}


def test_link_returns_to_the_app_of_the_shop() -> None:
    assert LINK.details == SberPayDetails(from_app=True, return_url="shop://paid")
    assert LINK.params == {"app2app": "true", "app.osType": "ios", "app.deepLink": "shop://paid"}
    assert replace(NOTHING, back2app=False).params == {"back2app": "false"}
