"""An order as its shop sees it: the reference's examples, version by version, status by status."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.domain.card.payment_card import PaymentCard
from altyn.domain.card.three_ds import ThreeDSData
from altyn.domain.cart.document import Cart
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.merchant import OPENING, Merchant, Permission
from altyn.domain.order import Attempt, AttemptState, Kind, Order, OrderRequest
from altyn.domain.waiting import AnyWaiting, AtAcs, ConfirmOnPhone, EnterCode, MethodStep, ScanQr
from altyn.protocol.dialects.classic.order_statuses import (
    ON_WIRE,
    ORDER_STATUSES,
    STATUSES_OF,
    PaymentState,
)
from altyn.protocol.dialects.classic.order_view import OBJECTS, extended_status, short_status
from altyn.protocol.dialects.classic.soap.order_status import soap_status
from tests.builders import PAID_AT, a_card, a_merchant, an_attempt, an_order

# ── The examples of the reference ─────────────────────────────────────────────────────────────────

FRESH: Final = {
    "orderNumber": "A-100",
    "orderStatus": 0,
    "actionCode": -100,
    "actionCodeDescription": "",
    "amount": 250000,
    "currency": "643",
    "date": 1767225600000,
    "orderDescription": "",
    "merchantOrderParams": [],
    "attributes": [{"name": "mdOrder", "value": "0b5f2a34-6c1d-7e90-8f11-00aa22bb33cc"}],
    "terminalId": "123456",
    "paymentAmountInfo": {
        "paymentState": "CREATED",
        "approvedAmount": 0,
        "depositedAmount": 0,
        "refundedAmount": 0,
    },
    "bankInfo": {"bankCountryCode": "UNKNOWN", "bankCountryName": "<Неизвестно>"},
}

PAID: Final = {
    "orderNumber": "A-100",
    "orderStatus": 2,
    "actionCode": 0,
    "actionCodeDescription": "",
    "amount": 250000,
    "currency": "643",
    "date": 1767225600000,
    "depositedDate": 1767225660000,
    "orderDescription": "Заказ А-100",
    "ip": "203.0.113.9",
    "merchantOrderParams": [{"name": "email", "value": "buyer@shop.example"}],
    "transactionAttributes": [],
    "attributes": [{"name": "mdOrder", "value": "0b5f2a34-6c1d-7e90-8f11-00aa22bb33cc"}],
    "cardAuthInfo": {
        "maskedPan": "411111**1111",
        "expiration": "202812",
        "cardholderName": "IVAN PETROV",
        "approvalCode": "123456",
        "paymentSystem": "VISA",
        "product": "visa-product",
        "secureAuthInfo": {
            "eci": 5,
            "threeDSInfo": {
                "cavv": "AAABBBCCCDDDEEEFFFGGGHHHIII=",
                "xid": "MDAwMDAwMDAwMDAwMDAwMDAwMDE=",
            },
        },
        "pan": "411111**1111",
    },
    "bindingInfo": {"clientId": "c-7", "bindingId": "9a1d5e0c-77f0-7d22-8d10-0a0b0c0d0e0f"},
    "authDateTime": 1767225659000,
    "terminalId": "123456",
    "authRefNum": "600112345678",
    "paymentAmountInfo": {
        "paymentState": "DEPOSITED",
        "approvedAmount": 250000,
        "depositedAmount": 250000,
        "refundedAmount": 0,
    },
    "bankInfo": {
        "bankName": "TEST BANK",
        "bankCountryCode": "RU",
        "bankCountryName": "Россия",
    },
    "chargeback": False,
    "paymentWay": "CARD",
}

# Two permissions add fields that the reference's paid order does not have.
PLAIN: Final = a_merchant(
    permissions=OPENING - {Permission.OPERATIONS_IN_STATUS, Permission.ORIGINAL_ACTION_CODE}
)
DEMO: Final = a_merchant()

BINDING: Final = UUID("9a1d5e0c-77f0-7d22-8d10-0a0b0c0d0e0f")
# Authenticated by the shop's own means: the gateway has not called a directory server.
EXTERNAL_PROOF: Final = ThreeDSData(
    eci=5, cavv="AAABBBCCCDDDEEEFFFGGGHHHIII=", xid="MDAwMDAwMDAwMDAwMDAwMDAwMDE="
)


def a_paid_order(**changes: Any) -> Order:
    paid: dict[str, Any] = {
        "status": OrderStatus.DEPOSITED,
        "action_code": 0,
        "approved_minor": 2500_00,
        "deposited_minor": 2500_00,
        "approved_at": PAID_AT,
        "deposited_at": PAID_AT + timedelta(seconds=1),
        "attempts": (an_attempt(authentication=EXTERNAL_PROOF),),
    }
    return an_order(**paid | changes)


def the_paid_order_of_the_reference() -> Order:
    return a_paid_order(
        payer_ip="203.0.113.9",
        params={"email": "buyer@shop.example"},
        request=OrderRequest(
            description="Заказ А-100",
            client_id="c-7",
            binding_id="9a1d5e0c-77f0-7d22-8d10-0a0b0c0d0e0f",
        ),
        attempts=(an_attempt(authentication=EXTERNAL_PROOF, card=a_card(binding_id=BINDING)),),
    )


def at_version(version: int) -> Merchant:
    return a_merchant(status_version=version)


@pytest.mark.parametrize("merchant", [PLAIN, DEMO], ids=["plain", "demo"])
def test_a_fresh_order_is_the_reference_s(merchant: Merchant) -> None:
    shown = extended_status(an_order(), merchant, "ru")
    assert shown == FRESH
    assert list(shown) == list(FRESH)


def test_a_paid_order_is_the_reference_s() -> None:
    shown = extended_status(the_paid_order_of_the_reference(), PLAIN, "ru")
    assert shown == PAID
    assert list(shown) == list(PAID)
    assert list(shown["cardAuthInfo"]) == list(PAID["cardAuthInfo"])  # type: ignore[call-overload]


def test_a_paid_order_in_the_old_form_is_the_reference_s() -> None:
    request = OrderRequest(description="Заказ А-100")
    order = a_paid_order(payer_ip="203.0.113.9", request=request)
    golden = {
        "expiration": "202812",
        "cardholderName": "IVAN PETROV",
        "depositAmount": 250000,
        "currency": "643",
        "approvalCode": "123456",
        "authCode": 2,
        "ErrorCode": "0",
        "ErrorMessage": "Успешно",
        "OrderStatus": 2,
        "OrderNumber": "A-100",
        "Pan": "411111**1111",
        "Amount": 250000,
        "Ip": "203.0.113.9",
    }
    shown = short_status(order, DEMO, "ru")
    assert shown == golden
    assert list(shown) == list(golden)


def test_a_fresh_order_in_the_old_form_is_the_reference_s() -> None:
    golden = {
        "depositAmount": 0,
        "currency": "643",
        "authCode": 2,
        "ErrorCode": "0",
        "ErrorMessage": "Успешно",
        "OrderStatus": 0,
        "OrderNumber": "A-100",
        "Amount": 250000,
    }
    shown = short_status(an_order(), DEMO, "ru")
    assert shown == golden
    assert list(shown) == list(golden)


def test_the_old_form_shows_a_stored_card_flat() -> None:
    shown = short_status(the_paid_order_of_the_reference(), DEMO, "ru")
    assert shown["clientId"] == "c-7"
    assert shown["bindingId"] == "9a1d5e0c-77f0-7d22-8d10-0a0b0c0d0e0f"
    assert "bindingInfo" not in shown


def test_the_old_form_shows_the_client_before_a_stored_card_has_paid() -> None:
    order = an_order(request=OrderRequest(client_id="c-7"))
    for shown in (short_status(order, DEMO, "ru"), soap_status(order, DEMO, "ru")):
        assert shown["clientId"] == "c-7"
        assert "bindingId" not in shown


# ── Statuses ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("status", "number", "state"),
    [
        ("created", 0, "CREATED"),
        ("waiting", 0, "CREATED"),
        ("approved", 1, "APPROVED"),
        ("deposited", 2, "DEPOSITED"),
        ("reversed", 3, "REVERSED"),
        ("refunded", 4, "REFUNDED"),
        ("declined", 6, "DECLINED"),
    ],
)
def test_every_status_has_its_number_and_state(status: str, number: int, state: str) -> None:
    order = an_order(status=OrderStatus(status))
    shown = extended_status(order, DEMO, "ru")
    assert shown["orderStatus"] == number
    assert shown["paymentAmountInfo"]["paymentState"] == state
    assert short_status(order, DEMO, "ru")["OrderStatus"] == number
    assert OrderStatus(status) in STATUSES_OF[state]


@pytest.mark.parametrize(
    ("waiting", "number"),
    [
        (AtAcs(url="https://acs.example"), 5),
        (MethodStep(url="https://acs.example"), 5),
        (ConfirmOnPhone(phone="79998887766"), 0),
        (ScanQr(payload="https://qr.example"), 0),
        (EnterCode(), 0),
    ],
)
def test_status_5_is_for_a_payer_at_an_acs_only(waiting: AnyWaiting, number: int) -> None:
    attempt = an_attempt(state=AttemptState.WAITING, waiting=waiting)
    order = an_order(status=OrderStatus.WAITING, attempts=(attempt,))
    assert extended_status(order, DEMO, "ru")["orderStatus"] == number
    assert short_status(order, DEMO, "ru")["OrderStatus"] == number
    assert extended_status(order, DEMO, "ru")["paymentAmountInfo"]["paymentState"] == "CREATED"


def test_payer_who_is_back_from_the_acs_is_not_status_5() -> None:
    asked = an_attempt(state=AttemptState.ASKED, waiting=None)
    order = an_order(status=OrderStatus.WAITING, attempts=(asked,))
    assert extended_status(order, DEMO, "ru")["orderStatus"] == 0


def test_no_status_is_left_without_its_row() -> None:
    assert set(ON_WIRE) == set(OrderStatus)
    assert len({row.number for row in ORDER_STATUSES}) == len(OrderStatus)
    assert all(row.ru and row.en for row in ORDER_STATUSES)


def test_a_payment_state_finds_its_statuses() -> None:
    assert set(STATUSES_OF) == {state.value for state in PaymentState}
    assert STATUSES_OF["CREATED"] == (OrderStatus.CREATED, OrderStatus.WAITING)
    assert sum(len(statuses) for statuses in STATUSES_OF.values()) == len(OrderStatus)


# ── Versions and permissions ──────────────────────────────────────────────────────────────────────


def an_order_with_everything() -> Order:
    """Two-stage, deposited in part, refunded in part, with all that a shop can send."""
    proof = ThreeDSData(
        version="2",
        ve_res="Y",
        pa_res="Y",
        a_res="C",
        r_req="Y",
        eci=5,
        cavv="AAABBBCCCDDDEEEFFFGGGHHHIII=",
        xid="MDAwMDAwMDAwMDAwMDAwMDAwMDE=",
    )
    return replace(
        the_paid_order_of_the_reference(),
        status=OrderStatus.REFUNDED,
        two_phase=True,
        deposited_minor=2000_00,
        refunded_minor=300_00,
        partly_reversed=True,
        reversed_at=PAID_AT + timedelta(hours=1),
        refunded_at=PAID_AT + timedelta(hours=2),
        request=OrderRequest(
            description="Заказ А-100",
            client_id="c-7",
            binding_id="9a1d5e0c-77f0-7d22-8d10-0a0b0c0d0e0f",
            email="buyer@shop.example",
            fee_input=50_00,
            order_bundle=Cart.of({"cartItems": {"items": [{"positionId": "1", "tax": None}]}}),
        ),
        attempts=(
            an_attempt(authentication=proof),
            an_attempt(Kind.DEPOSIT, number=2, amount_minor=2000_00),
            an_attempt(
                Kind.REFUND, number=3, amount_minor=300_00, external_refund_id="r-1", rrn="r3"
            ),
        ),
    )


@pytest.mark.parametrize(
    ("version", "path"),
    [
        (2, "authDateTime"),
        (2, "terminalId"),
        (2, "authRefNum"),
        (3, "paymentAmountInfo"),
        (3, "bankInfo"),
        (5, "refunds"),
        (6, "chargeback"),
        (7, "cardAuthInfo.secureAuthInfo.paResStatus"),
        (7, "cardAuthInfo.secureAuthInfo.veResStatus"),
        (8, "cardAuthInfo.paymentSystem"),
        (8, "cardAuthInfo.product"),
        (9, "paymentWay"),
        (10, "depositedDate"),
        (11, "paymentAmountInfo.feeAmount"),
        (12, "refundedDate"),
        (12, "reversedDate"),
        (13, "payerData"),
        (17, "cardAuthInfo.productCategory"),
        (18, "paymentAmountInfo.totalAmount"),
        (21, "refunds.0.externalRefundId"),
        (26, "refunds.0.approvalCode"),
        (30, "cardAuthInfo.secureAuthInfo.aResTransStatus"),
        (30, "cardAuthInfo.secureAuthInfo.rReqTransStatus"),
        (30, "cardAuthInfo.secureAuthInfo.threeDSProtocolVersion"),
        (35, "cardAuthInfo.corporateCard"),
        (42, "cardAuthInfo.secureAuthInfo.threeDsType"),
        (46, "mcc"),
    ],
)
def test_a_field_begins_with_its_version(version: int, path: str) -> None:
    order = an_order_with_everything()
    assert not has(extended_status(order, at_version(version - 1), "ru"), path)
    assert has(extended_status(order, at_version(version), "ru"), path)
    assert has(extended_status(order, at_version(46), "ru"), path)


@pytest.mark.parametrize(
    ("version", "path"),
    [
        (6, "cardAuthInfo.chargeback"),
        (43, "cardAuthInfo.secureAuthInfo.authTypeIndicator"),
    ],
)
def test_a_field_ends_with_a_version(version: int, path: str) -> None:
    order = an_order_with_everything()
    assert has(extended_status(order, at_version(version - 1), "ru"), path)
    assert not has(extended_status(order, at_version(version), "ru"), path)


def test_transaction_attributes_come_early_for_a_paid_order_only() -> None:
    assert not has(extended_status(a_paid_order(), at_version(12), "ru"), "transactionAttributes")
    assert has(extended_status(a_paid_order(), at_version(13), "ru"), "transactionAttributes")
    assert has(extended_status(an_order(), at_version(14), "ru"), "transactionAttributes")


def test_decline_reason_is_a_separate_field_from_version_33() -> None:
    declined = a_declined_order(116)
    assert not has(extended_status(declined, at_version(32), "ru"), "displayErrorMessage")
    shown = extended_status(declined, at_version(33), "ru")
    assert shown["displayErrorMessage"] == shown["actionCodeDescription"] != ""
    assert not has(extended_status(a_paid_order(), at_version(33), "ru"), "displayErrorMessage")


@pytest.mark.parametrize(
    ("permission", "path"),
    [
        (Permission.SEND_ECI_CAVV, "cardAuthInfo.secureAuthInfo.eci"),
        (Permission.SEND_ECI_CAVV, "cardAuthInfo.secureAuthInfo.threeDSInfo"),
        (Permission.OPERATIONS_IN_STATUS, "operations"),
        (Permission.ORIGINAL_ACTION_CODE, "originalActionCode"),
        (Permission.FEE, "paymentAmountInfo.feeAmount"),
    ],
)
def test_field_needs_its_permission(permission: Permission, path: str) -> None:
    order = an_order_with_everything()
    assert has(extended_status(order, DEMO, "ru"), path)
    without = a_merchant(permissions=OPENING - {permission})
    assert not has(extended_status(order, without, "ru"), path)


def test_an_empty_3d_secure_object_is_left_out() -> None:
    without = a_merchant(permissions=frozenset())
    assert not has(extended_status(a_paid_order(), without, "ru"), "cardAuthInfo.secureAuthInfo")


def has(shown: Any, path: str) -> bool:
    """Whether there is something at a path such as `refunds.0.amount`."""
    for step in path.split("."):
        if isinstance(shown, list):
            shown = shown[int(step)]
        elif step in shown:
            shown = shown[step]
        else:
            return False
    return True


# ── 3-D Secure ────────────────────────────────────────────────────────────────────────────────────

VERSION_1: Final = ThreeDSData(version="1", ve_res="Y", pa_res="Y", eci=5, cavv="c", xid="x")


def test_the_demo_merchant_sees_how_3d_secure_1_went() -> None:
    order = a_paid_order(attempts=(an_attempt(authentication=VERSION_1),))
    assert extended_status(order, DEMO, "ru")["cardAuthInfo"]["secureAuthInfo"] == {
        "eci": 5,
        "threeDSInfo": {"cavv": "c", "xid": "x"},
        "veResStatus": "Y",
        "paResStatus": "Y",
        "authTypeIndicator": "1",
    }


@pytest.mark.parametrize(
    ("system", "proof", "kind"),
    [
        ("VISA", VERSION_1, "1"),
        ("MASTERCARD", replace(VERSION_1, eci=1, pa_res="A"), "2"),
        ("MIR", ThreeDSData(version="1", ve_res="N", eci=3), "0"),
        ("MASTERCARD", ThreeDSData(version="2", ve_res="N", eci=0), "0"),
        ("VISA", ThreeDSData(version="2", ve_res="Y", a_res="C", r_req="Y", eci=5), "3"),
        ("MASTERCARD", ThreeDSData(version="2", ve_res="Y", a_res="Y", eci=2), "4"),
        (None, ThreeDSData(version="2", ve_res="Y", a_res="A", eci=6), "5"),
        ("VISA", ThreeDSData(version="1", ve_res="Y", pa_res="N"), None),
        ("VISA", EXTERNAL_PROOF, None),
    ],
)
def test_the_type_of_3d_secure(system: str | None, proof: ThreeDSData, kind: str | None) -> None:
    attempt = an_attempt(card=a_card(system=system), authentication=proof)
    shown = extended_status(a_paid_order(attempts=(attempt,)), at_version(42), "ru")
    secure = shown["cardAuthInfo"]["secureAuthInfo"]
    assert secure.get("threeDsType") == kind
    assert secure.get("authTypeIndicator") == kind


# ── What became of the money ──────────────────────────────────────────────────────────────────────


def amounts(order: Order) -> tuple[int, int, int]:
    info = extended_status(order, DEMO, "ru")["paymentAmountInfo"]
    return info["approvedAmount"], info["depositedAmount"], info["refundedAmount"]


def test_a_partial_refund_lowers_the_deposit_and_is_listed() -> None:
    order = a_paid_order(
        status=OrderStatus.REFUNDED,
        refunded_minor=500_00,
        refunded_at=PAID_AT + timedelta(days=1),
        attempts=(
            an_attempt(),
            an_attempt(
                Kind.REFUND,
                number=2,
                amount_minor=500_00,
                rrn="600198765432",
                approval_code=None,
                answered_at=PAID_AT + timedelta(days=1),
            ),
            an_attempt(Kind.REFUND, number=3, amount_minor=9_00, state=AttemptState.DECLINED),
            an_attempt(Kind.REFUND, number=4, amount_minor=8_00, state=AttemptState.UNKNOWN),
        ),
    )
    shown = extended_status(order, DEMO, "ru")
    assert amounts(order) == (2500_00, 2000_00, 500_00)
    assert short_status(order, DEMO, "ru")["depositAmount"] == 2000_00
    assert shown["orderStatus"] == 4
    assert shown["refundedDate"] == 1767225659000 + 86_400_000
    assert shown["refunds"] == [
        {
            "date": 1767225659000 + 86_400_000,
            "actionCode": 0,
            "referenceNumber": "600198765432",
            "amount": 500_00,
        }
    ]


def test_a_partial_reversal_keeps_the_status() -> None:
    order = a_paid_order(
        approved_minor=2000_00,
        deposited_minor=2000_00,
        partly_reversed=True,
        reversed_at=PAID_AT + timedelta(hours=1),
        attempts=(
            an_attempt(),
            an_attempt(Kind.REVERSE, number=2, amount_minor=500_00, partial=True),
        ),
    )
    shown = extended_status(order, DEMO, "ru")
    assert shown["orderStatus"] == 2
    assert amounts(order) == (2000_00, 2000_00, 0)
    assert shown["reversedDate"] == 1767225659000 + 3_600_000
    assert "refunds" not in shown


def test_a_reversed_order_shows_zeros() -> None:
    order = a_paid_order(
        status=OrderStatus.REVERSED, approved_minor=0, deposited_minor=0, reversed_at=PAID_AT
    )
    assert amounts(order) == (0, 0, 0)
    assert extended_status(order, DEMO, "ru")["paymentAmountInfo"]["paymentState"] == "REVERSED"


def test_operations_list_every_approved_step() -> None:
    operations = extended_status(an_order_with_everything(), DEMO, "ru")["operations"]
    assert [(o["type"], o["amount"]) for o in operations] == [
        ("PREAUTHORIZATION", 2500_00),
        ("COMPLETION", 2000_00),
        ("REFUND", 300_00),
    ]
    assert operations[0] == {
        "date": 1767225659000,
        "type": "PREAUTHORIZATION",
        "amount": 2500_00,
        "referenceNumber": "600112345678",
        "approvalCode": "123456",
        "actionCode": 0,
        "cardHolder": "IVAN PETROV",
        "authCode": "123456",
    }
    assert operations[2]["externalRefundId"] == "r-1"


def test_a_one_stage_payment_is_an_authorisation_and_a_reversal_a_reversal() -> None:
    order = a_paid_order(attempts=(an_attempt(), an_attempt(Kind.REVERSE, number=2)))
    operations = extended_status(order, DEMO, "ru")["operations"]
    assert [o["type"] for o in operations] == ["AUTHORIZATION", "REVERSAL"]


def test_the_fee_is_added_to_the_total() -> None:
    with_fee = an_order(request=OrderRequest(fee_input=50_00))
    info = extended_status(with_fee, at_version(18), "ru")["paymentAmountInfo"]
    assert (info["feeAmount"], info["totalAmount"]) == (50_00, 2550_00)
    info = extended_status(an_order(), at_version(18), "ru")["paymentAmountInfo"]
    assert info["totalAmount"] == 2500_00
    assert "feeAmount" not in info


# ── Failures ──────────────────────────────────────────────────────────────────────────────────────


def a_failed_attempt(number: int, action_code: int, **changes: Any) -> Attempt:
    return an_attempt(
        number=number,
        state=AttemptState.DECLINED,
        action_code=action_code,
        rrn=None,
        approval_code=None,
        **changes,
    )


def a_declined_order(action_code: int) -> Order:
    return an_order(
        status=OrderStatus.DECLINED,
        action_code=action_code,
        attempts=(a_failed_attempt(1, action_code),),
    )


def test_a_declined_order_shows_the_reason_and_the_card() -> None:
    shown = extended_status(a_declined_order(116), DEMO, "ru")
    assert shown["orderStatus"] == 6
    assert shown["actionCode"] == 116
    assert shown["actionCodeDescription"].startswith("Операция отклонена")
    assert shown["originalActionCode"] == "116"
    assert shown["cardAuthInfo"]["maskedPan"] == "411111**1111"
    assert amounts(a_declined_order(116)) == (0, 0, 0)
    absent = {"authDateTime", "authRefNum", "depositedDate", "refunds", "operations"}
    assert not absent & shown.keys()
    assert "approvalCode" not in shown["cardAuthInfo"]


def test_an_expired_session_keeps_the_code_of_processing() -> None:
    order = replace(a_declined_order(116), action_code=-2007)
    shown = extended_status(order, DEMO, "ru")
    assert (shown["actionCode"], shown["originalActionCode"]) == (-2007, "116")


def test_the_gateway_s_own_refusal_is_not_processing_s() -> None:
    shown = extended_status(a_declined_order(-2006), DEMO, "ru")
    assert shown["actionCode"] == -2006
    assert "originalActionCode" not in shown


def test_card_of_the_last_attempt_is_shown() -> None:
    second = an_attempt(number=2, card=a_card(masked_pan="510000**0008", system="MASTERCARD"))
    order = a_paid_order(attempts=(a_failed_attempt(1, 116), second))
    card = extended_status(order, DEMO, "ru")["cardAuthInfo"]
    assert (card["maskedPan"], card["product"]) == ("510000**0008", "mastercard-product")


def test_a_payment_without_a_card_has_a_way_and_no_card() -> None:
    order = a_paid_order(attempts=(an_attempt(card=None, payment_way="SBP_C2B"),))
    shown = extended_status(order, DEMO, "ru")
    assert shown["paymentWay"] == "SBP_C2B"
    assert "cardAuthInfo" not in shown
    assert shown["bankInfo"]["bankCountryCode"] == "UNKNOWN"


def test_a_bank_that_is_not_the_test_bank_is_unknown() -> None:
    order = a_paid_order(attempts=(an_attempt(card=a_card(masked_pan="999999**0000")),))
    shown = extended_status(order, at_version(46), "ru")
    assert shown["bankInfo"] == {"bankCountryCode": "UNKNOWN", "bankCountryName": "<Неизвестно>"}
    assert not {"product", "productCategory", "corporateCard"} & shown["cardAuthInfo"].keys()


@pytest.mark.parametrize(
    ("status", "action_code", "error_code"),
    [
        ("declined", 71015, "2"),
        ("declined", 101, "2"),
        ("declined", 116, "0"),
        ("declined", -2007, "0"),
        ("declined", -102, "0"),
        ("created", 101, "0"),
        ("deposited", 0, "0"),
    ],
)
def test_the_old_form_calls_wrong_card_data_an_error(
    status: str, action_code: int, error_code: str
) -> None:
    order = an_order(status=OrderStatus(status), action_code=action_code)
    shown = short_status(order, DEMO, "ru")
    assert shown["ErrorCode"] == error_code
    assert ("реквизитах" in shown["ErrorMessage"]) is (error_code == "2")
    assert shown["OrderNumber"] == "A-100"


# ── Language and leaving out ──────────────────────────────────────────────────────────────────────


def test_texts_are_english_on_request() -> None:
    fresh, declined = an_order(), a_declined_order(101)
    assert extended_status(fresh, DEMO, "en")["bankInfo"]["bankCountryName"] == "<Unknown>"
    shown = extended_status(declined, at_version(33), "en")
    assert shown["bankInfo"]["bankCountryName"] == "Russia"
    assert shown["actionCodeDescription"].startswith("Operation declined")
    assert shown["displayErrorMessage"].startswith("Operation declined")
    assert short_status(fresh, DEMO, "en")["ErrorMessage"] == "Success"
    assert short_status(declined, DEMO, "en")["ErrorMessage"].isascii()


def test_params_keep_the_shop_s_order() -> None:
    shown = extended_status(an_order(params={"b": "1", "a": "2"}), DEMO, "ru")
    assert [p["name"] for p in shown["merchantOrderParams"]] == ["b", "a"]


def test_the_cart_comes_back_without_its_nulls() -> None:
    shown = extended_status(an_order_with_everything(), at_version(1), "ru")
    assert shown["orderBundle"] == {"cartItems": {"items": [{"positionId": "1"}]}}


def test_empty_text_is_left_out_as_what_is_not_there() -> None:
    request = OrderRequest(description="", client_id="", binding_id="", email="", phone="")
    attempt = an_attempt(
        card=a_card(expiry="", holder=""), rrn="", approval_code="", payment_way=""
    )
    order = a_paid_order(payer_ip="", request=request, attempts=(attempt,))
    shown = extended_status(order, a_merchant(terminal="", mcc="", status_version=46), "ru")
    old = short_status(order, DEMO, "ru")
    empty = {name for name, value in {**old, **shown}.items() if value == ""}
    assert empty == {"actionCodeDescription", "orderDescription"}
    for response in (shown["cardAuthInfo"], shown["operations"][0]):
        assert "" not in response.values()


def test_stored_card_is_shown_once_a_payment_has_used_or_made_it() -> None:
    named = OrderRequest(client_id="c-7", binding_id=str(BINDING))
    client = OrderRequest(client_id="c-7")
    stored = (an_attempt(card=a_card(binding_id=BINDING)),)
    assert "bindingInfo" not in extended_status(an_order(request=named), DEMO, "ru")
    for request in (named, client):
        shown = extended_status(a_paid_order(request=request, attempts=stored), DEMO, "ru")
        assert shown["bindingInfo"] == {"clientId": "c-7", "bindingId": str(BINDING)}
    assert "bindingInfo" not in extended_status(a_paid_order(request=client), DEMO, "ru")


def texts(*, max_size: int = 8) -> st.SearchStrategy[str | None]:
    return st.none() | st.text(max_size=max_size)


times: Final = st.none() | st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001 - Hypothesis adds the zone
    max_value=datetime(2027, 1, 1),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
)
minor: Final = st.integers(0, 10**12)
letters: Final = st.none() | st.sampled_from(["Y", "N", "A", "U", "C", "R"])
json: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
authentications: Final = st.builds(
    ThreeDSData,
    version=st.sampled_from(["", "1", "2"]),
    ve_res=letters,
    pa_res=letters,
    a_res=letters,
    r_req=letters,
    eci=st.none() | st.integers(0, 7),
    cavv=texts(),
    xid=texts(),
)
cards: Final = st.builds(
    PaymentCard,
    masked_pan=st.sampled_from(["411111**1111", "999999**0000"]),
    expiry=st.sampled_from(["", "202812"]),
    holder=st.sampled_from(["", "IVAN PETROV"]),
    fingerprint=st.just("f"),
    system=st.sampled_from([None, "VISA", "MIR", "MASTERCARD"]),
)
attempts: Final = st.builds(
    Attempt,
    number=st.integers(1, 9),
    kind=st.sampled_from(Kind),
    state=st.sampled_from(AttemptState),
    amount_minor=minor,
    started_at=st.just(PAID_AT),
    answered_at=times,
    action_code=st.none() | st.integers(-3000, 3000),
    rrn=texts(),
    approval_code=texts(),
    payment_way=texts(),
    external_refund_id=texts(),
    card=st.none() | cards,
    authentication=st.none() | authentications,
)
requests: Final = st.builds(
    OrderRequest,
    description=texts(),
    client_id=texts(),
    binding_id=texts(),
    email=texts(),
    phone=texts(),
    post_address=texts(),
    fee_input=st.none() | minor,
    mcc=texts(),
    order_bundle=st.builds(Cart.of, json),
)
orders: Final = st.builds(
    an_order,
    status=st.sampled_from(OrderStatus),
    two_phase=st.booleans(),
    approved_minor=minor,
    deposited_minor=minor,
    refunded_minor=minor,
    action_code=st.integers(-3000, 3000),
    approved_at=times,
    deposited_at=times,
    reversed_at=times,
    refunded_at=times,
    payer_ip=texts(),
    request=requests,
    params=st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=3),
    attempts=st.lists(attempts, max_size=4).map(tuple),
)
merchants: Final = st.builds(
    a_merchant,
    status_version=st.integers(1, 46),
    permissions=st.frozensets(st.sampled_from(Permission)),
    terminal=st.sampled_from(["", "123456"]),
    mcc=st.sampled_from(["", "5999"]),
)


@given(orders, merchants, st.sampled_from(["ru", "en"]))
def test_no_field_of_any_order_is_null(order: Order, merchant: Merchant, language: str) -> None:
    for shown in (
        extended_status(order, merchant, language),
        short_status(order, merchant, language),
    ):
        assert_neutral(shown)


def assert_neutral(value: object) -> None:
    """Only plain values that REST and SOAP can both spell."""
    assert type(value) in {int, str, bool, list, dict}, value
    if isinstance(value, dict):
        for name, each in value.items():
            assert type(name) is str
            assert_neutral(each)
    if isinstance(value, list):
        for each in value:
            assert_neutral(each)


def test_rows_of_one_name_have_different_versions() -> None:
    for name, fields in OBJECTS.items():
        for version in range(1, 47):
            names = [row.name for row in fields.rows if row.is_in(version)]
            assert len(names) == len(set(names)), (name, version)
