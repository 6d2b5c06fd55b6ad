"""Stored cards by two SOAP clients of other authors. Source: soap.md §5, §6; rest-orders.md §6."""

from typing import Any, Final
from uuid import uuid4

from tests.e2e.gateway import Served
from tests.e2e.soap_clients import steps_of_php, zeep_client
from tests.shop import GOOD, card_fields, new_number

UNKNOWN: Final = "9a1d5e0c-77f0-7d22-8d10-0a0b0c0d0e0f"
DAY_SECONDS: Final = 24 * 60 * 60
TOO_EARLY: Final = 2002  # an action code
DONE: Final = (0, "Успешно")
RETURNED: Final = "https://shop.example/paid?orderId="


def result(answer: Any) -> tuple[int, str]:
    """The code and the text of an answer; some types have the code as a text."""
    return int(answer.errorCode), answer.errorMessage


def test_stored_card_by_zeep(gateway: Served) -> None:
    client = f"client-{uuid4()}"
    wanted = {"clientId": client, "showExpired": False}
    with zeep_client(gateway) as connected:
        shop = connected.service
        card = {"clientId": client, "pan": GOOD, "expiryDate": "209812"}
        stored = shop.createBindingNoPayment(request={**card, "additionalParameters": {}})
        assert (result(stored), stored.maskedPan) == (DONE, "555555**5599")
        binding = stored.bindingId
        extension = {"bindingId": binding, "newExpiry": "209912"}
        assert result(shop.extendBinding(request=extension)) == DONE
        (listed,) = shop.getBindings(request=wanted).bindings.binding
        assert (listed.bindingId, listed.expiryDate) == (binding, "209912")
        by_id = shop.getBindingsByCardOrId(request={"bindingId": binding, "showExpired": False})
        assert binding in [each.bindingId for each in by_id.bindings.binding]
        order = shop.registerOrder(
            order={"amount": 1000, "returnUrl": "https://shop.example/paid", "clientId": client}
        )
        payment = {"mdOrder": order.orderId, "bindingId": binding, "cvc": "123"}
        assert shop.paymentOrderBinding(order=payment).redirect.startswith(RETURNED)
        status = shop.getOrderStatusExtended(order={"orderId": order.orderId})
        assert (status.orderStatus, status.bindingInfo.bindingId) == (2, binding)
        assert result(shop.unBindCard(bindingId=binding)) == DONE
        assert result(shop.unBindCard(bindingId=binding)) == (2, "Связка неактивна")
        assert result(shop.getBindings(request=wanted)) == (2, "Информация не найдена")
        assert result(shop.bindCard(bindingId=binding)) == DONE
        assert result(shop.bindCard(bindingId=UNKNOWN)) == (2, "Связка не найдена")


def test_recurring_payments_by_zeep(gateway: Served) -> None:
    terms = {"recurringFrequency": "7", "recurringExpiry": "20991231"}
    first = gateway.register(clientId=f"client-{uuid4()}", **terms).order_id
    gateway.call("paymentorder.do", **card_fields(first))
    with zeep_client(gateway) as connected:
        shop = connected.service
        status = shop.getOrderStatusExtended(order={"orderId": first})
        charge = {
            "bindingId": status.bindingInfo.bindingId,
            "amount": 2000,
            "preAuth": False,
            "additionalParameters": {"entry": [{"key": "month", "value": "2"}]},
        }

        def charged(**more: str) -> Any:
            return shop.recurrentPayment(arg0={"orderNumber": new_number(), **charge, **more})

        early = charged()
        assert (early.success, early.orderStatus.orderStatus) == (True, 6)
        assert early.orderStatus.actionCode == TOO_EARLY
        gateway.wait(7 * DAY_SECONDS)
        paid = charged()
        assert (paid.success, paid.orderStatus.orderStatus) == (True, 2)
        assert paid.orderStatus.bindingInfo.bindingId == charge["bindingId"]
        (month,) = paid.orderStatus.merchantOrderParams
        assert (month.name, month.value) == ("month", "2")
        taken = charged(orderNumber=paid.orderStatus.orderNumber)
        assert (taken.success, taken.error.code, taken.orderStatus) == (False, "10", None)
        unknown = charged(bindingId=UNKNOWN)
        assert (unknown.success, unknown.error.code) == (False, "2")
        assert unknown.error.message == "Связка не найдена"


def test_stored_card_by_php(gateway: Served) -> None:
    client = f"client-{uuid4()}"
    steps = steps_of_php("soap_cards_client.php", gateway, client)
    paid, again = steps.pop("pay"), steps.pop("pay_again")
    assert (paid["errorCode"], paid["redirect"].startswith(RETURNED)) == (0, True)
    assert again == {"errorCode": 1, "errorMessage": "Заказ уже обработан"}
    results = {name: (int(each["errorCode"]), each["errorMessage"]) for name, each in steps.items()}
    refused = {
        "extend_wrong": (1, "Неверный [newExpiry]"),
        "disable_again": (2, "Связка неактивна"),
        "none": (2, "No bindings"),
        "enable_unknown": (2, "Связка не найдена"),
    }
    assert results == {**dict.fromkeys(steps, DONE), "extend": (0, "Success"), **refused}
    stored = steps["store"]
    expected = {
        "bindingId": stored["bindingId"],
        "maskedPan": "555555**5599",
        "expiryDate": "209812",
        "clientId": client,
        "paymentWay": "CARD",
    }
    assert steps["list"]["bindings"] == {"binding": expected}
    assert steps["extended"]["bindings"] == {"binding": {**expected, "expiryDate": "209912"}}
