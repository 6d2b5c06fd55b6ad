"""The parameters of callbacks (callbacks.md §3): each one where it is sent, and where it is not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.domain.callback import (
    BindingNotification,
    CallbackOperation,
    CallbackSettings,
    OrderNotification,
    callback_entry,
)
from altyn.domain.card.three_ds import ThreeDSData
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.merchant import OPENING, Merchant, Permission
from altyn.domain.order import Kind, Order, OrderRequest
from altyn.protocol.dialects.classic.callbacks.checksum import canonical
from altyn.protocol.dialects.classic.callbacks.parameters import (
    OPTIONAL,
    OPTIONAL_NAMES,
    RESERVED,
    binding_callbacks,
    order_callbacks,
)
from altyn.protocol.dialects.classic.callbacks.values import AVS_NUMBERS, creation_date
from tests.builders import ORDER_ID, PAID_AT, a_card, a_merchant, an_attempt, an_order

BINDING: Final = UUID("9a1d5e0c-77f0-7d22-8d10-0a0b0c0d0e0f")
SHOP: Final = "https://shop.example/callback"
AT: Final = datetime(2022, 1, 31, 21, 46, 52, 999_999, tzinfo=UTC)
CORE: Final = {
    "mdOrder": str(ORDER_ID),
    "orderNumber": "A-100",
    "operation": "deposited",
    "status": "1",
}
DEPOSITED: Final = OrderNotification(CallbackOperation.DEPOSITED, amount_minor=2500_00)

# Every name of callbacks.md §3.3, and the one of callbacks.md §3.1 that is chosen like them.
NAMES_OF_THE_REFERENCE: Final = (
    *("amount", "paymentAmount", "amountFormatted", "approvedAmount", "depositedAmount"),
    *("refundedAmount", "approvedAmountFormatted", "depositedAmountFormatted"),
    *("refundedAmountFormatted", "feeAmount", "totalAmountFormatted"),
    *("depositedTotalAmountFormatted", "currentReverseAmountFormatted"),
    *("currentRefundAmountFormatted", "operationRefundedAmount"),
    *("operationRefundedAmountFormatted", "externalRefundId", "currency", "currencyName"),
    *(
        "approvalCode",
        "authCode",
        "refNum",
        "paymentRefNum",
        "processingId",
        "terminalId",
    ),
    "refnum",
    *("bankName", "cardholderName", "maskedPan", "ip", "ipCountryCode", "mdorder"),
    *("merchantLogin", "merchantFullName", "orderDescription", "threeDSType", "eci", "xid"),
    *("cavv", "date", "paymentDate", "depositedDate", "refundedDate", "reversedDate"),
    *("declineDate", "sessionExpiredDate", "clientId", "bindingId", "actionCode"),
    *("actionCodeDescription", "depositFlag", "paymentWay", "paymentSystem", "avsCode"),
    *("transactionAttributes", "finishCheckUrl", "paymentState", "callbackCreationDate"),
)

NEVER_KNOWN: Final = {"processingId", "ipCountryCode", "transactionAttributes", "finishCheckUrl"}

OF_A_PAID_ORDER: Final = {
    "callbackCreationDate": "Mon Jan 31 21:46:52 UTC 2022",
    "amount": "250000",
    "paymentAmount": "250000",
    "amountFormatted": "2500.00 RUB",
    "approvedAmount": "250000",
    "approvedAmountFormatted": "2500.00 RUB",
    "depositedAmount": "150000",
    "depositedAmountFormatted": "1500.00 RUB",
    "refundedAmount": "100000",
    "refundedAmountFormatted": "1000.00 RUB",
    "feeAmount": "1500",
    "totalAmountFormatted": "2515.00 RUB",
    "depositedTotalAmountFormatted": "2515.00 RUB",
    "currency": "643",
    "currencyName": "RUB",
    "approvalCode": "123456",
    "authCode": "123456",
    "refNum": "600112345678",
    "refnum": "600112345678",
    "paymentRefNum": "600112345678",
    "terminalId": "123456",
    "bankName": "TEST BANK",
    "actionCode": "0",
    "avsCode": "-1",
    "cardholderName": "IVAN PETROV",
    "maskedPan": "411111**1111",
    "paymentSystem": "VISA",
    "paymentWay": "CARD",
    "threeDSType": "THREE_DS1_FULL",
    "eci": "5",
    "xid": "MDE=",
    "cavv": "AAAB=",
    "mdorder": str(ORDER_ID),
    "merchantLogin": "demo",
    "merchantFullName": "Demo shop",
    "orderDescription": "Заказ №7; спасибо",
    "ip": "203.0.113.9",
    "clientId": "c-7",
    "bindingId": str(BINDING),
    "depositFlag": "1",
    "paymentState": "payment_deposited",
    "date": "1767225600000",
    "sessionExpiredDate": "1767226800000",
    "paymentDate": "1767225659000",
    "depositedDate": "1767225660000",
    "refundedDate": "1767225661000",
    "reversedDate": "1767225662000",
}
OF_A_REFUND: Final = {
    "currentRefundAmountFormatted": "500.00 RUB",
    "operationRefundedAmount": "50000",
    "operationRefundedAmountFormatted": "500.00 RUB",
    "externalRefundId": "R-1",
}
OF_A_DECLINE: Final = {
    "declineDate": "1643665612999",
    "actionCodeDescription": "Input time expired.",
}
OF_A_FRESH_ORDER: Final = {
    "callbackCreationDate",
    *("amount", "paymentAmount", "amountFormatted", "totalAmountFormatted"),
    *("approvedAmount", "approvedAmountFormatted", "depositedAmount", "depositedAmountFormatted"),
    *("refundedAmount", "refundedAmountFormatted", "currency", "currencyName", "terminalId"),
    *("actionCode", "mdorder", "merchantLogin", "merchantFullName", "depositFlag", "paymentState"),
    *("date", "sessionExpiredDate"),
}


def a_shop(*parameters: str, more: dict[str, Any] | None = None, **settings: Any) -> Merchant:
    callbacks = CallbackSettings(**{"urls": (SHOP,), "parameters": parameters, **(more or {})})
    return a_merchant(callbacks=callbacks, **settings)


def a_paid_order(**changes: Any) -> Order:
    """Paid, partly reversed and partly refunded, so that it has everything at once."""
    proof = ThreeDSData(version="1", pa_res="Y", eci=5, cavv="AAAB=", xid="MDE=")
    paid: dict[str, Any] = {
        "status": OrderStatus.DEPOSITED,
        "action_code": 0,
        "approved_minor": 2500_00,
        "deposited_minor": 2500_00,
        "refunded_minor": 1000_00,
        "approved_at": PAID_AT,
        "deposited_at": PAID_AT + timedelta(seconds=1),
        "refunded_at": PAID_AT + timedelta(seconds=2),
        "reversed_at": PAID_AT + timedelta(seconds=3),
        "payer_ip": "203.0.113.9",
        "params": {"table": "12", "empty": ""},
        "request": OrderRequest(description="Заказ №7; спасибо", client_id="c-7", fee_input=15_00),
        "attempts": (
            an_attempt(authentication=proof, avs_code="D", card=a_card(binding_id=BINDING)),
        ),
    }
    return an_order(**paid | changes)


def parameters_of(
    order: Order, shop: Merchant, notification: OrderNotification = DEPOSITED
) -> dict[str, str]:
    (entry,) = order_callbacks(order, shop, notification, AT)
    return dict(entry.parameters)


# ── Receivers ─────────────────────────────────────────────────────────────────────────────────────


def test_shop_without_a_choice_gets_the_core() -> None:
    assert order_callbacks(an_order(), a_shop(), DEPOSITED, AT) == (
        callback_entry(operation="deposited", receiver=SHOP, parameters=CORE),
    )


def test_a_failure_has_status_zero() -> None:
    failed = OrderNotification(CallbackOperation.DECLINED_BY_TIMEOUT, succeeded=False)
    parameters = parameters_of(an_order(), a_shop(), failed)
    assert parameters == CORE | {"operation": "declinedByTimeout", "status": "0"}


def test_every_address_gets_the_same_parameters() -> None:
    shop = a_shop("amount", more={"urls": (SHOP, "https://crm.example")})
    first, second = order_callbacks(an_order(), shop, DEPOSITED, AT)
    assert (first.receiver, second.receiver) == (SHOP, "https://crm.example")
    assert first.parameters == second.parameters == CORE | {"amount": "250000"}


def test_an_order_may_have_an_address_of_its_own() -> None:
    order = an_order(request=OrderRequest(dynamic_callback_url="https://own.example"))
    assert order_callbacks(order, a_shop(), DEPOSITED, AT)[0].receiver == "https://own.example"


@pytest.mark.parametrize(
    "settings",
    [{"urls": ()}, {"enabled": False}, {"operations": ("approved",)}],
    ids=["no address", "off", "not this operation"],
)
def test_unwanted_operation_has_no_callback(settings: dict[str, Any]) -> None:
    shop = a_shop(more=settings)
    assert order_callbacks(an_order(), shop, DEPOSITED, AT) == ()
    assert binding_callbacks(BOUND, shop, AT) == ()


# ── What a shop may choose ────────────────────────────────────────────────────────────────────────


def test_every_name_of_the_reference_has_its_row() -> None:
    assert sorted(OPTIONAL_NAMES) == sorted(NAMES_OF_THE_REFERENCE)
    assert not set(OPTIONAL_NAMES) & RESERVED


def test_paid_order_has_all_parameters() -> None:
    parameters = parameters_of(a_paid_order(), a_shop(*OPTIONAL_NAMES))
    assert parameters == CORE | OF_A_PAID_ORDER


def test_every_row_is_tested_or_always_empty() -> None:
    """Otherwise a row without an example in this file would not be tested."""
    tried = {*OF_A_PAID_ORDER, *OF_A_REFUND, *OF_A_DECLINE, "currentReverseAmountFormatted"}
    assert set(OPTIONAL_NAMES) - tried == NEVER_KNOWN
    described_as_absent = {row.name for row in OPTIONAL if row.present.startswith("never")}
    assert described_as_absent == NEVER_KNOWN


def test_new_order_has_the_parameters_that_are_known() -> None:
    parameters = parameters_of(an_order(), a_shop(*OPTIONAL_NAMES))
    assert parameters.keys() - CORE.keys() == OF_A_FRESH_ORDER
    assert parameters["actionCode"] == "-100"
    assert parameters["paymentState"] == "started"
    assert parameters["approvedAmount"] == "0"
    assert parameters["totalAmountFormatted"] == "2500.00 RUB"


def test_rows_described_as_always_present_are_present() -> None:
    assert {row.name for row in OPTIONAL if row.present == "always"} == OF_A_FRESH_ORDER


def test_core_comes_first_then_the_chosen_in_their_order() -> None:
    parameters = parameters_of(a_paid_order(), a_shop("eci", "amount", "table"))
    assert list(parameters) == [*CORE, "eci", "amount", "table"]


@pytest.mark.parametrize("succeeded", [True, False])
def test_refund_has_its_amount_and_external_id(*, succeeded: bool) -> None:
    notification = OrderNotification(
        CallbackOperation.REFUNDED,
        succeeded=succeeded,
        amount_minor=500_00,
        external_refund_id="R-1",
    )
    parameters = parameters_of(a_paid_order(), a_shop(*OPTIONAL_NAMES), notification)
    assert parameters.items() >= OF_A_REFUND.items()
    assert "currentReverseAmountFormatted" not in parameters


def test_reversal_has_its_amount() -> None:
    notification = OrderNotification(CallbackOperation.REVERSED, amount_minor=500_00)
    parameters = parameters_of(a_paid_order(), a_shop(*OPTIONAL_NAMES), notification)
    assert parameters["currentReverseAmountFormatted"] == "500.00 RUB"
    assert not OF_A_REFUND.keys() & parameters.keys()


def test_declined_order_has_date_and_reason_in_the_merchants_language() -> None:
    order = an_order(status=OrderStatus.DECLINED, action_code=-2007)
    notification = OrderNotification(CallbackOperation.DECLINED_BY_TIMEOUT, succeeded=False)
    parameters = parameters_of(order, a_shop(*OPTIONAL_NAMES, default_language="en"), notification)
    assert parameters.items() >= OF_A_DECLINE.items()
    russian = parameters_of(order, a_shop("actionCodeDescription"), notification)
    assert russian["actionCodeDescription"] == "Истек срок ожидания ввода данных"


def test_a_failed_completion_declines_no_order() -> None:
    held = a_paid_order(status=OrderStatus.APPROVED)
    failed = OrderNotification(CallbackOperation.DEPOSITED, succeeded=False, amount_minor=1)
    assert "declineDate" not in parameters_of(held, a_shop("declineDate"), failed)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (OrderStatus.CREATED, "started"),
        (OrderStatus.WAITING, "started"),
        (OrderStatus.APPROVED, "payment_approved"),
        (OrderStatus.DEPOSITED, "payment_deposited"),
        (OrderStatus.REVERSED, "payment_void"),
        (OrderStatus.REFUNDED, "refunded"),
        (OrderStatus.DECLINED, "payment_declined"),
    ],
)
def test_each_status_has_its_state(status: OrderStatus, state: str) -> None:
    assert parameters_of(an_order(status=status), a_shop("paymentState"))["paymentState"] == state


def test_a_two_stage_order_is_a_pre_authorisation() -> None:
    assert parameters_of(an_order(two_phase=True), a_shop("depositFlag"))["depositFlag"] == "2"


@pytest.mark.parametrize(
    ("proof", "word"),
    [
        (ThreeDSData(version="1", eci=6), "THREE_DS1_ATTEMPT"),
        (ThreeDSData(version="1", eci=7), "SSL"),
        (ThreeDSData(version="2", eci=5, r_req="Y"), "THREE_DS2_FULL"),
        (ThreeDSData(version="2", eci=5), "THREE_DS2_FRICTIONLESS"),
        (ThreeDSData(version="2", eci=6), "THREE_DS2_ATTEMPT"),
        (ThreeDSData(version="2"), None),
        (None, None),
    ],
)
def test_how_the_holder_was_authenticated(proof: ThreeDSData | None, word: str | None) -> None:
    order = a_paid_order(attempts=(an_attempt(authentication=proof),))
    assert parameters_of(order, a_shop("threeDSType")).get("threeDSType") == word


def test_every_avs_code_has_a_number() -> None:
    assert set(AVS_NUMBERS) == set("ABCDEF")
    assert set(AVS_NUMBERS.values()) < {-1, 1, 2, 3, 50, 51}


def test_a_card_of_an_unknown_bank_has_no_bank_name() -> None:
    order = a_paid_order(attempts=(an_attempt(card=a_card(masked_pan="999999**0000")),))
    assert "bankName" not in parameters_of(order, a_shop("bankName"))


@pytest.mark.parametrize("permission", [Permission.SEND_ECI_CAVV, Permission.FEE])
def test_parameter_without_the_permission_is_left_out(permission: Permission) -> None:
    shop = a_shop(*OPTIONAL_NAMES, permissions=OPENING - {permission})
    hidden = {row.name for row in OPTIONAL if row.needs is permission}
    parameters = parameters_of(a_paid_order(), shop)
    assert hidden
    assert parameters.keys() == (CORE | OF_A_PAID_ORDER).keys() - hidden
    if permission is Permission.FEE:
        assert parameters["totalAmountFormatted"] == "2500.00 RUB"


@pytest.mark.parametrize(
    ("kind", "changes"), [(Kind.REFUND, {"rrn": "REFUND"}), (Kind.REVERSE, {"rrn": "REVERSAL"})]
)
def test_bank_numbers_are_those_of_the_payment(kind: Kind, changes: dict[str, Any]) -> None:
    later = an_attempt(kind, number=2, approval_code="LATER", **changes)
    order = a_paid_order(attempts=(an_attempt(), later))
    parameters = parameters_of(order, a_shop("refNum", "approvalCode"))
    assert (parameters["refNum"], parameters["approvalCode"]) == ("600112345678", "123456")


# ── The order's own parameters ────────────────────────────────────────────────────────────────────


def test_a_shop_may_choose_parameters_of_its_own() -> None:
    parameters = parameters_of(a_paid_order(), a_shop("table", "empty", "nowhere"))
    assert parameters == CORE | {"table": "12"}


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_orders_own_parameter_never_replaces_a_reserved_one(name: str) -> None:
    order = an_order(params={name: "forged"})
    assert parameters_of(order, a_shop(name)) == CORE


def test_orders_own_parameter_never_replaces_an_unknown_value() -> None:
    order = an_order(params={"clientId": "forged", "eci": "05"})
    assert parameters_of(order, a_shop("clientId", "eci")) == CORE


def test_name_that_a_payer_has_sent_is_signed_only_where_the_shop_lists_it_as_the_payers() -> None:
    order = an_order(
        params={"table": "12", "gift": "yes"}, request=OrderRequest(payer_params=("gift",))
    )
    assert parameters_of(order, a_shop("table", "gift")) == CORE | {"table": "12"}
    listed = a_shop("table", more={"payer_parameters": ("gift",)})
    assert parameters_of(order, listed) == CORE | {"table": "12", "gift": "yes"}


@given(st.lists(st.sampled_from([*NAMES_OF_THE_REFERENCE, *RESERVED, "table", "?"])))
def test_chosen_values_are_never_empty_and_always_text(names: list[str]) -> None:
    parameters = parameters_of(a_paid_order(), a_shop(*names))
    assert parameters.items() >= CORE.items()
    assert parameters.keys() <= {*CORE, *names}
    assert all(type(value) is str and value != "" for value in parameters.values())


def test_what_is_signed_of_a_refund_is_the_references_vector() -> None:
    """callbacks.md §6.5, V3."""
    order = a_paid_order(
        order_id=UUID("5f0c1b0a-3d3e-7a11-9c55-1f2e3d4c5b6a"),
        order_number="ORD-1001",
        amount_minor=1500_00,
    )
    refund = OrderNotification(CallbackOperation.REFUNDED, amount_minor=500_00)
    assert canonical(parameters_of(order, a_shop("operationRefundedAmount", "amount"), refund)) == (
        "amount;150000;mdOrder;5f0c1b0a-3d3e-7a11-9c55-1f2e3d4c5b6a;operation;refunded;"
        "operationRefundedAmount;50000;orderNumber;ORD-1001;status;1;"
    )


# ── Moments ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2022, 1, 31, 21, 46, 52, tzinfo=UTC), "Mon Jan 31 21:46:52 UTC 2022"),
        (datetime(2026, 8, 2, 3, 4, 5, tzinfo=UTC), "Sun Aug 02 03:04:05 UTC 2026"),
        (
            datetime(2022, 2, 1, 0, 46, 52, tzinfo=timezone(timedelta(hours=3))),
            "Mon Jan 31 21:46:52 UTC 2022",
        ),
    ],
)
def test_the_date_of_creation_is_written_as_the_reference_writes_it(
    at: datetime, text: str
) -> None:
    assert creation_date(at) == text


@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis adds the zone
def test_the_date_of_creation_can_be_read_back(at: datetime) -> None:
    read = datetime.strptime(creation_date(at), "%a %b %d %H:%M:%S UTC %Y").replace(tzinfo=UTC)
    assert read == at.replace(microsecond=0)


# ── Stored cards ──────────────────────────────────────────────────────────────────────────────────

BOUND: Final = BindingNotification(
    operation=CallbackOperation.BINDING_CREATED,
    merchant_id=1,
    binding_id=BINDING,
    version=1,
    client_id="client;42",
    masked_pan="411111**1111",
    email="payer@shop.example",
    phone="79990000000",
    pan_country="RU",
)


def test_stored_card_callback_has_the_payer() -> None:
    (entry,) = binding_callbacks(BOUND, a_shop("amount"), AT)
    assert entry == callback_entry(
        operation="bindingCreated",
        receiver=SHOP,
        parameters={
            "bindingId": "9a1d5e0c-77f0-7d22-8d10-0a0b0c0d0e0f",
            "clientId": "client;42",
            "operation": "bindingCreated",
            "email": "payer@shop.example",
            "phone": "79990000000",
            "panMasked": "411111**1111",
            "panCountryCode": "RU",
        },
    )


@pytest.mark.parametrize("enabled", [True, False])
def test_activity_change_has_the_flag_enabled(*, enabled: bool) -> None:
    notification = replace(
        BOUND,
        operation=CallbackOperation.BINDING_ACTIVITY_CHANGED,
        enabled=enabled,
        email=None,
        phone="",
        pan_country=None,
    )
    (entry,) = binding_callbacks(notification, a_shop("callbackCreationDate"), AT)
    assert entry.parameters == {
        "bindingId": "9a1d5e0c-77f0-7d22-8d10-0a0b0c0d0e0f",
        "clientId": "client;42",
        "operation": "bindingActivityChanged",
        "enabled": str(enabled).lower(),
        "panMasked": "411111**1111",
        "callbackCreationDate": "Mon Jan 31 21:46:52 UTC 2022",
    }


def test_stored_card_callback_goes_to_the_merchants_addresses_only() -> None:
    shop = a_shop(more={"urls": (SHOP, "https://crm.example")})
    receivers = [each.receiver for each in binding_callbacks(BOUND, shop, AT)]
    assert receivers == [SHOP, "https://crm.example"]
