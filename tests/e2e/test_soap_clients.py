"""Two SOAP clients of other authors, configured with the address of our WSDL only.

zeep in strict mode refuses an answer that is invalid by the schema; PHP's SoapClient is what most
shops use. Source: soap.md §1, §1.2, §6.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import zeep

from tests.e2e.gateway import Served
from tests.e2e.soap_clients import php, steps_of_php, zeep_client
from tests.shop import GOOD
from tests.soap import read_answer

HOW_TO: Final = Path(__file__).parents[2] / "docs" / "how-to" / "soap.md"
CARD: Final = {
    "pan": GOOD,
    "cvc": "123",
    "year": "2099",
    "month": "12",
    "cardholderName": "IVAN PETROV",
}


# ── Examples of the documentation ─────────────────────────────────────────────────────────────────


def example(kind: str, gateway: Served) -> str:
    """A block of code of the how-to, with the address of this gateway."""
    (found,) = re.findall(rf"```{kind}\n(.*?)```", HOW_TO.read_text("utf-8"), re.DOTALL)
    return str(found).replace("127.0.0.1:8080", f"127.0.0.1:{gateway.port}")


def output_of(command: list[str], program: str) -> str:
    """The output of an interpreter that reads the program from its standard input."""
    done = subprocess.run(
        command, input=program, capture_output=True, check=False, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_curl_example(gateway: Served) -> None:
    output = output_of(["bash", "-s"], example("sh", gateway))
    answer = read_answer("registerOrder", output.encode())
    assert (answer.code, answer.text) == (0, "Successful")
    assert answer.members["formUrl"].endswith(answer.members["orderId"])


def test_zeep_example(gateway: Served) -> None:
    address, status = output_of([sys.executable, "-"], example("python", gateway)).split()
    assert "mdOrder=" in address
    assert status == "0"


def test_php_example(gateway: Served) -> None:
    assert "mdOrder=" in output_of([php()], example("php", gateway))


# ── zeep ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def shop(gateway: Served) -> Iterator[Any]:
    """The operations of the service, as zeep offers them."""
    with zeep_client(gateway) as client:
        yield client.service


def test_two_stage_payment_by_zeep(shop: Any) -> None:
    order = shop.registerOrderPreAuth(
        order={
            "amount": 150000,
            "currency": "643",
            "language": "en",
            "returnUrl": "https://shop.example/paid",
            "params": [{"name": "colour", "value": "black"}],
            "features": {"feature": ["FORCE_SSL"]},
        }
    )
    assert (order.errorCode, order.errorMessage) == (0, "Successful")
    assert order.formUrl.endswith(order.orderId)
    paid = shop.paymentOrder(order={"orderId": order.orderId, "language": "en", **CARD})
    assert paid.errorCode == 0
    assert paid.redirect.startswith("https://shop.example/paid?orderId=")
    held = shop.getOrderStatusExtended(order={"orderId": order.orderId, "language": "en"})
    assert (held.errorCode, held.orderStatus, held.amount) == ("0", 1, 150000)
    assert held.paymentAmountInfo.paymentState == "APPROVED"
    assert held.date.utcoffset().total_seconds() == 3 * 3600
    assert [(each.name, each.value) for each in held.merchantOrderParams] == [("colour", "black")]
    assert held.cardAuthInfo.maskedPan == "555555**5599"
    assert [each.operationType for each in held.operations] == ["PRE_AUTH"]
    assert shop.depositOrder(order={"orderId": order.orderId, "depositAmount": 0}).errorCode == 0
    refund = {"orderId": order.orderId, "refundAmount": 50000, "language": "en"}
    assert shop.refundOrder(order=refund).errorMessage == "Success"
    after = shop.getOrderStatusExtended(order={"orderId": order.orderId})
    sums = after.paymentAmountInfo
    assert (after.orderStatus, sums.depositedAmount, sums.refundedAmount) == (4, 100000, 50000)
    assert [each.amount for each in after.refunds] == [50000]
    short = shop.getOrderStatus(order={"orderId": order.orderId})
    assert (short.orderStatus, short.pan, short.authCode) == (4, "555555**5599", 2)


def test_cart_is_stored_and_returned_by_zeep(shop: Any) -> None:
    item = {
        "positionId": "1",
        "name": "Чай",
        "quantity": {"_value_1": 2, "measure": "шт"},
        "itemAmount": 150000,
        "itemCode": "T-1",
        "tax": {"taxType": 6},
    }
    order = shop.registerOrder(
        order={
            "amount": 150000,
            "returnUrl": "https://shop.example/paid",
            "orderBundle": {"cartItems": {"items": [item]}},
        }
    )
    status = shop.getOrderStatusExtended(order={"orderId": order.orderId})
    (returned,) = status.orderBundle.cartItems.items
    assert (returned.name, returned.itemAmount, returned.tax.taxType) == ("Чай", 150000, 6)
    assert (returned.quantity["_value_1"], returned.quantity.measure) == (2, "шт")


def test_order_list_and_refusal_by_zeep(shop: Any) -> None:
    shop.registerOrder(order={"amount": 100, "returnUrl": "https://shop.example/paid"})
    listed = shop.getLastOrdersForMerchants(
        request={
            "page": 0,
            "size": 2,
            "from": "2020-01-01T00:00:00",
            "to": "2099-01-01T00:00:00Z",
            "transactionStates": {"transactionStates": ["CREATED", "DEPOSITED"]},
            "merchants": {},
            "searchByCreatedDate": True,
        }
    )
    assert listed.errorCode == 0
    assert listed.totalCount >= len(listed.orderStatuses) >= 1
    refused = shop.registerOrder(order={"amount": 100, "returnUrl": "data:,", "language": "en"})
    assert (refused.errorCode, refused.errorMessage) == (4, "The return URL is invalid")
    assert refused.orderId is None
    assert refused.formUrl is None
    unknown = shop.getOrderStatus(order={"orderId": "0b5f2a34-6c1d-7e90-8f11-00aa22bb33cc"})
    assert (unknown.errorCode, unknown.orderStatus, unknown.authCode) == (6, 0, 2)


def test_registration_for_the_banks_app_by_zeep(shop: Any) -> None:
    request = {"amount": 150000, "returnUrl": "https://shop.example/paid"}
    by_push = {"phone": "79998887766", "params": [{"name": "back2app", "value": "true"}]}
    pushed = shop.registerOrder(order={**request, **by_push})
    assert pushed.externalParams.sbolBankInvoiceId == pushed.orderId.replace("-", "")
    assert pushed.externalParams.sbolInactive == "false"
    assert pushed.externalParams.sbolDeepLink is None
    names = {"app2app": "true", "app.osType": "android", "app.deepLink": "shop://paid"}
    by_link = {"params": [{"name": name, "value": value} for name, value in names.items()]}
    linked = shop.registerOrder(order={**request, **by_link})
    assert linked.externalParams.sbolDeepLink.startswith("sberpay://invoicing/v2?bankInvoiceId=")
    by_card = shop.registerOrder(order=request)
    assert by_card.externalParams is None


def test_operation_that_is_not_served_gets_a_fault_by_zeep(shop: Any) -> None:
    with pytest.raises(zeep.exceptions.Fault, match="not served"):
        shop.samsungPay(arg0={"preAuth": False, "additionalParameters": {}})


def test_wrong_password_gets_a_fault_by_zeep(gateway: Served) -> None:
    with (
        zeep_client(gateway, "wrong") as client,
        pytest.raises(zeep.exceptions.Fault, match="could not be authenticated"),
    ):
        client.service.reverseOrder(order={"orderId": "x"})


# ── PHP ───────────────────────────────────────────────────────────────────────────────────────────


def test_order_from_registration_to_refund_by_php(gateway: Served) -> None:
    steps = steps_of_php("soap_client.php", gateway)
    assert steps["register"]["errorCode"] == 0
    assert steps["register"]["errorMessage"] == "Successful"
    assert steps["pay"]["redirect"].startswith("https://shop.example/paid?")
    paid = steps["paid"]
    assert (paid["orderStatus"], paid["amount"], paid["orderDescription"]) == (
        2,
        150000,
        "Чай & кофе",
    )
    params = {each["name"]: each["value"] for each in paid["merchantOrderParams"]}
    assert params == {"colour": "black", "Вес": "200 г"}
    assert steps["refund"] == {"errorCode": 0, "errorMessage": "Success"}
    assert steps["refunded"]["paymentAmountInfo"]["refundedAmount"] == 50000
    assert steps["short"]["orderStatus"] == 4
    assert steps["again"]["errorCode"] == 7
    invoice = steps["app"]["orderId"].replace("-", "")
    assert steps["app"]["externalParams"] == {
        "sbolBankInvoiceId": invoice,
        "sbolInactive": "false",
    }
    assert "could not be authenticated" in steps["wrong"]["text"]


# ── Carts ─────────────────────────────────────────────────────────────────────────────────────────

DONE: Final = {"errorCode": 0, "errorMessage": "Успешно"}


def receipts_of(gateway: Served, order_id: str) -> list[tuple[object, object, object]]:
    """Type, sum and name of the first line of each receipt of an order."""
    answer = gateway.call("getReceiptStatus.do", orderId=order_id)
    return [
        (each["receiptType"], each["amount_total"], each["ofdOrderBundle"][0]["name"])
        for each in answer["receipt"]
    ]


def test_cart_by_php(gateway: Served) -> None:
    steps = steps_of_php("soap_cart_client.php", gateway)
    assert steps["deposit"] == steps["refund"] == DONE
    assert steps["close"] == {**DONE, "success": True}
    assert steps["foreign"]["errorCode"] == 8
    assert steps["of_position"] == steps["by_sum"] == DONE
    first, second = steps["orders"]
    assert receipts_of(gateway, first) == [
        (None, "200.00", "Чай"),
        (None, "100.00", "Чай"),
        ("close", "100.00", "Чай"),
    ]
    assert [each[1:] for each in receipts_of(gateway, second)] == [
        ("300.00", "Оплата заказа"),  # what is left after a refund by sum is one line
        ("5.00", "Чай"),
        ("1.00", "Компенсация"),
    ]


def test_cart_by_zeep(gateway: Served, shop: Any) -> None:
    def position(quantity: int, amount: int) -> dict[str, Any]:
        measured = {"_value_1": quantity, "measure": "шт"}
        named = {"positionId": "1", "name": "Чай", "itemCode": "T-1", "itemAmount": amount}
        return {**named, "quantity": measured}

    bundle = {
        "customerDetails": {"email": "payer@shop.example"},
        "cartItems": {"items": [position(3, 30000)]},
    }
    request = {"amount": 30000, "returnUrl": "https://shop.example/paid", "orderBundle": bundle}
    order = shop.registerOrder(order=request)
    assert shop.paymentOrder(order={"orderId": order.orderId, **CARD}).errorCode == 0
    back = {
        "orderId": order.orderId,
        "refundAmount": 10000,
        "refundItems": {"items": [position(1, 10000)]},
    }
    assert shop.refundOrder(order=back).errorCode == 0
    closed = shop.closeOfdReceipt(request={"mdOrder": order.orderId})
    assert (closed.errorCode, closed.success) == (0, True)
    by_sum = {"orderId": order.orderId, "itemAmount": 100, "tax": "VAT_20"}
    assert shop.processRawSumOrderRefund(order=by_sum).errorCode == 7
    assert receipts_of(gateway, order.orderId) == [
        (None, "300.00", "Чай"),
        (None, "100.00", "Чай"),
        ("close", "200.00", "Чай"),
    ]
